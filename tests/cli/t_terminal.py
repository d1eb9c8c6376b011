"""The programs on a terminal: each long step shows a bar that fits the width, counts up, and leaves
nothing; without a terminal there is no bar; and no name in the evidence reaches the terminal as it is.
  t_terminal.py BUILD SOURCE"""
import os, pty, re, subprocess, sys, tempfile

build, source = sys.argv[1:3]
evpack, verify = build + "/evpack", build + "/evpack-verify"
WIDTH = 70
failed = []


def complain(text):
    failed.append(text)
    print("FAILED:", text)


def on_terminal(args, **env):
    """Exit code and everything that reached the terminal."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update({"COLUMNS": str(WIDTH), "TERM": "xterm", "LC_ALL": "C.UTF-8"})
        for name, value in env.items():
            os.environ[name] = value
        os.environ.pop("SOURCE_DATE_EPOCH", None)
        os.execv(args[0], args)
    out = b""
    while True:
        try:
            block = os.read(fd, 65536)
        except OSError:
            break
        if not block:
            break
        out += block
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out.decode()


def columns(line):
    return len(line)  # names in this test are narrow


def bar(name, args, label):
    code, out = on_terminal(args)
    if code != 0:
        complain(f"{name}: expected exit 0, came {code}: {out[-300:]}")
    drawn = [part for part in re.split("[\r\n]", out) if re.search(label, part)]
    if not drawn:
        complain(f"{name}: expected a line with '{label}', came {out[:300]!r}")
    if not any(" %" in part or re.search(r"\d (B|kB|MB)\b", part) for part in re.split("[\r\n]", out)):
        complain(f"{name}: expected a share or an amount, came {out[:300]!r}")
    shares = [int(n) for n in re.findall(r"\] +(\d+) %", out)]
    if any(n > 100 for n in shares):
        complain(f"{name}: a share is more than all: {shares}")
    for part in [p for line in out.replace("\r\n", "\n").split("\n") for p in line.split("\r")[:-1]]:
        if columns(part) >= WIDTH:
            complain(f"{name}: expected less than {WIDTH} columns, came {columns(part)}: {part!r}")
    if not re.search("\r {%d}\r" % (WIDTH - 1), out):
        complain(f"{name}: expected the line to be cleared, came {out[-300:]!r}")
    if "\x1b" in out:
        complain(f"{name}: expected no escape, came {out!r}")


def no_bar(name, args):
    run = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    if b"\r" in run.stderr or b"%" in run.stderr:
        complain(f"{name}: expected no bar without a terminal, came {run.stderr[:300]!r}")
    return run


os.chdir(tempfile.mkdtemp())
os.mkdir("export")
account = ('{"id": "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/'
           'Microsoft.CognitiveServices/accounts/a%s", "name": "a%s", "type": "Microsoft.CognitiveServices/accounts",'
           ' "kind": "OpenAI", "location": "westeurope", "properties": {"publicNetworkAccess": "Enabled",'
           ' "pad": "%s"}}')
names = [str(n) for n in range(400)] + ["\\u001b[2J\\u001b[31mred\\u009b2J\\u202e"]
with open("export/accounts.json", "w") as f:
    f.write("[" + ",\n".join(account % (n, n, "x" * 800) for n in names) + "]")
with open("export/e\x1b[2Jsc.json", "w") as f:
    f.write("[]")
subprocess.run([evpack, "keygen", "key"], check=True, stdout=subprocess.DEVNULL)
sign = ["--key", "key/key.pem", "--cert", "key/cert.pem"]
trust = ["--trust", "key/cert.pem"]

no_bar("collect", [evpack, "collect", "-c", "plain.db", "export"])
no_bar("map", [evpack, "map", "-c", "plain.db"])
no_bar("report", [evpack, "report", "-c", "plain.db", "-o", "plain", "--format", "json,csv"])
no_bar("package", [evpack, "package", "-c", "plain.db", "-o", "plain.zip"] + sign)
no_bar("verify", [evpack, "verify", "plain.zip"] + trust)
no_bar("extract", [evpack, "extract", "plain.zip", "-o", "plain.d"] + trust)
no_bar("reperform", [evpack, "reperform", "plain.zip"] + trust)

bar("collect", [evpack, "collect", "-c", "case.db", "export"], "reading|json")
bar("map", [evpack, "map", "-c", "case.db"], "running the mapping")
bar("report", [evpack, "report", "-c", "case.db", "-o", "out", "--format", "json,csv"], "findings.json")
bar("package", [evpack, "package", "-c", "case.db", "-o", "P.zip"] + sign, "json|csv|sealing|checking")
bar("verify", [evpack, "verify", "P.zip"] + trust, "checking the (signature|contents)")
bar("evpack-verify", [verify, "P.zip"] + trust, "checking the (signature|contents)")
bar("extract", [evpack, "extract", "P.zip", "-o", "P"] + trust, "checking the (signature|contents)")
bar("verify a folder", [verify, "P"] + trust, "checking the files")
bar("reperform", [evpack, "reperform", "P.zip"] + trust, "comparing")

# What is in the bytes of the package is the same, watched or not.
with open("out/findings.json") as a, open("plain/findings.json") as b:
    if re.sub(r'"evaluated_at":"[^"]*"', "", a.read()) != re.sub(r'"evaluated_at":"[^"]*"', "", b.read()):
        complain("expected the same findings, watched or not")

# Answers on a terminal have our colours and no other escape; NO_COLOR and pipes have none.
ours = re.compile("\x1b\\[(0|1|2|31|32|33|34)m")
for args in (["status"], ["show", "NS-2"], ["show", "--all", "NS-1"]):
    for env in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"}):
        code, out = on_terminal([evpack, *args, "-c", "case.db"] if args == ["status"] else
                                [evpack, args[0], "-c", "case.db", *args[1:]], **env)
        if code != 0:
            complain(f"{args} {env}: expected exit 0, came {code}: {out[-300:]}")
        rest = ours.sub("", out)
        if "\x1b" in rest or (env and rest != out):
            complain(f"{args} {env}: expected no escape but ours, came {out[:200]!r}")
        if not env and rest == out:
            complain(f"{args}: expected colours on a terminal")
    # JSON that a terminal shows has none either, nor the 8-bit ones and what reorders text.
    code, out = on_terminal([evpack, *args, "-c", "case.db", "--json"])
    if code != 0 or re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", out):
        complain(f"{args} --json: expected escapes to be written visibly, came {code}: {out[:200]!r}")
    plain = no_bar(args[0], [evpack, args[0], "-c", "case.db", *args[1:]])
    if b"\x1b" in plain.stdout:
        complain(f"{args}: expected no escape in a pipe")

sys.exit(1 if failed else 0)
