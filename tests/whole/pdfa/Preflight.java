/*
 * Says of each PDF whether Apache PDFBox's Preflight takes it as PDF/A-1b, and why not. A judge for
 * tests alone (tests/whole/pdfa.sh). Exit code: 0 all are, 1 some are not, 2 it could not look.
 */
import java.io.File;
import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.exception.SyntaxValidationException;
import org.apache.pdfbox.preflight.parser.PreflightParser;

public final class Preflight {
    private static final int SHOWN = 20;

    private static ValidationResult judge(String name) throws Exception {
        PreflightParser parser = new PreflightParser(new File(name));
        try {
            parser.parse();
        } catch (SyntaxValidationException e) {
            return e.getResult();
        }
        try (PreflightDocument document = parser.getPreflightDocument()) {
            document.validate();
            return document.getResult();
        }
    }

    public static void main(String[] names) {
        int code = 0;
        for (String name : names) {
            try {
                ValidationResult result = judge(name);
                System.out.println(name + (result.isValid() ? ": PDF/A-1b" : ": not PDF/A-1b"));
                if (!result.isValid()) {
                    code = Math.max(code, 1);
                    result.getErrorsList().stream().limit(SHOWN).forEach(
                        e -> System.out.println("  " + e.getErrorCode() + " " + e.getDetails()));
                }
            } catch (Exception e) {
                System.out.println(name + ": could not be judged: " + e);
                code = 2;
            }
        }
        System.exit(code);
    }
}
