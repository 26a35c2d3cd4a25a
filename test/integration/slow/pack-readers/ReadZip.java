import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.ZipFile;

/** Prints the SHA-256 and the name, in Base64, of each member of a zip file. */
public class ReadZip {
  public static void main(String[] args) throws Exception {
    try (ZipFile zip = new ZipFile(args[0])) {
      for (var entry : (Iterable<java.util.zip.ZipEntry>) zip.stream().map(each -> (java.util.zip.ZipEntry) each)::iterator) {
        try (InputStream content = zip.getInputStream(entry)) {
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.readAllBytes());
          byte[] name = entry.getName().getBytes(StandardCharsets.UTF_8);
          System.out.println(HexFormat.of().formatHex(digest) + " " + Base64.getEncoder().encodeToString(name));
        }
      }
    }
  }
}
