// What VERIFY.txt's Test-Signature asks of .NET (as in Windows PowerShell 5.1), line by line, for the
// .NET that a Debian has: Mono. cms.exe CONTENT SIGNATURE ROOT.pem. Exit code 0: yes; 1: no.
using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

class Judge
{
    static bool Holds(string file, string signature, string trust)
    {
        var cms = new SignedCms(new ContentInfo(File.ReadAllBytes(file)), true);
        cms.Decode(File.ReadAllBytes(signature));
        cms.CheckSignature(true);
        if (cms.SignerInfos.Count != 1 || cms.SignerInfos[0].SignedAttributes.Count < 3) {
            return false;
        }
        var root = new X509Certificate2(trust);
        var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ExtraStore.AddRange(cms.Certificates);
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.ExtraStore.Add(root);
        var built = chain.Build(cms.SignerInfos[0].Certificate);
        var top = chain.ChainElements[chain.ChainElements.Count - 1].Certificate;
        return built && Convert.ToBase64String(top.RawData) == Convert.ToBase64String(root.RawData);
    }

    static int Main(string[] a)
    {
        try {
            var yes = Holds(a[0], a[1], a[2]);
            Console.WriteLine(yes ? "yes" : "no");
            return yes ? 0 : 1;
        } catch (CryptographicException e) {
            Console.WriteLine("no: " + e.Message);
            return 1;
        }
    }
}
