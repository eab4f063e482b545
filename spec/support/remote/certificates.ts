import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Makes an authority of its own in a folder, and what it signed: `ca.pem`, `server-*.pem` for 127.0.0.1, `cert.pem` and `key.pem` for a client. */
export function makeCertificates(folder: string): void {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = (name: string): void =>
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name);
  key("ca-key.pem");
  openssl("req", "-new", "-x509", "-days", "2", "-key", "ca-key.pem", "-subj", "/CN=spec", "-out", "ca.pem");
  for (const [name, file, extension] of [
    ["server", "server-cert.pem", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth"],
    ["client", "cert.pem", "extendedKeyUsage=clientAuth"],
  ] as const) {
    const keyFile = name === "server" ? "server-key.pem" : "key.pem";
    key(keyFile);
    writeFileSync(join(folder, "extension"), extension);
    openssl("req", "-new", "-key", keyFile, "-subj", `/CN=${name}`, "-out", "request");
    openssl(
      ...["x509", "-req", "-days", "2", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca-key.pem"],
      ...["-CAcreateserial", "-extfile", "extension", "-out", file],
    );
  }
}
