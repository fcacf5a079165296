package io.cornucopia.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedHostsTest {
    private final AllowedHosts ofHttps = new AllowedHosts(
            URI.create("https://pypi.org/simple/"), List.of("files.pythonhosted.org", "cdn.example:8443", "[::1]:99"));
    private final AllowedHosts ofHttp =
            new AllowedHosts(URI.create("http://127.0.0.1:9000/simple/"), List.of("files.example"));

    @ParameterizedTest(name = "an https upstream: {0} {1}")
    @CsvSource({
        "https://pypi.org/simple/six/, true",
        "https://PyPI.org:443/x, true",
        "https://pypi.org:8443/x, false",
        "http://pypi.org/simple/six/, false",
        "https://files.pythonhosted.org/a.whl, true",
        "https://files.pythonhosted.org:444/a.whl, true",
        "https://cdn.example:8443/a.whl, true",
        "https://cdn.example/a.whl, false",
        "https://[::1]:99/a.whl, true",
        "https://[::1]/a.whl, false",
        "https://pypi.org.evil.example/x, false",
        "https://evil.example/pypi.org, false",
        "https://pypi.org@evil.example/x, false",
        "https://user:pw@pypi.org/x, false",
        "https://127.0.0.1/x, false",
        "https://169.254.169.254/latest/meta-data/, false",
        "file:///etc/passwd, false",
        "javascript:alert(1), false",
        "ftp://pypi.org/x, false",
        "//pypi.org/x, false",
        "/simple/six/, false"
    })
    void https(String url, boolean allowed) {
        assertThat(ofHttps.allows(URI.create(url))).isEqualTo(allowed);
    }

    @ParameterizedTest(name = "an http upstream: {0} {1}")
    @CsvSource({
        "http://127.0.0.1:9000/files/a.whl, true",
        "https://127.0.0.1:9000/files/a.whl, true",
        "http://127.0.0.1:9001/files/a.whl, false",
        "http://127.0.0.1/files/a.whl, false",
        "http://localhost:9000/files/a.whl, false",
        "http://files.example/a.whl, true",
        "https://files.example:444/a.whl, true"
    })
    void http(String url, boolean allowed) {
        assertThat(ofHttp.allows(URI.create(url))).isEqualTo(allowed);
    }
}
