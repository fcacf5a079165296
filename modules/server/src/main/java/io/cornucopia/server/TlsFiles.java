package io.cornucopia.server;

import io.cornucopia.http.HttpSettings;
import io.cornucopia.http.ServerIdentity;
import io.cornucopia.http.UnusableIdentityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** Looks at a certificate and its key before anything is opened, as the server will read them. Blocks. */
final class TlsFiles {
    private final List<String> problems;
    private final List<String> warnings;

    /**
     * @param problems gets a line for what makes them useless
     * @param warnings gets a line for what clients will not like
     */
    TlsFiles(List<String> problems, List<String> warnings) {
        this.problems = problems;
        this.warnings = warnings;
    }

    void check(HttpSettings.Tls tls, Instant now) {
        try {
            validity(tls, ServerIdentity.read(tls).certificate(), now);
        } catch (UnusableIdentityException e) {
            problems.addAll(e.problems());
        }
    }

    private void validity(HttpSettings.Tls tls, X509Certificate certificate, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        Instant begin = certificate.getNotBefore().toInstant();
        if (now.isAfter(end)) {
            warnings.add("server.tls.cert: " + tls.certificate() + " expired at " + end + "; clients will refuse it");
        } else if (now.isBefore(begin)) {
            warnings.add("server.tls.cert: " + tls.certificate() + " is not valid before " + begin
                    + "; clients will refuse it until then");
        }
    }
}
