package io.cornucopia.testkit;

import java.io.File;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a client under test may know of the machine: how to run and whom to trust, not where packages come from. */
final class CleanEnvironment {

    private static final List<String> DROPPED_PREFIXES =
            List.of("PIP_", "UV_", "POETRY_", "PDM_", "TWINE_", "HATCH_", "FLIT_", "XDG_", "BANDERSNATCH_");
    private static final Set<String> DROPPED = Set.of("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX");
    private static final Set<String> TRUST = Set.of(
            "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS");

    private CleanEnvironment() {}

    static Map<String, String> of(Map<String, String> machine, Path home, Path bin) {
        Map<String, String> env = new LinkedHashMap<>();
        machine.forEach((name, value) -> {
            boolean dropped =
                    DROPPED.contains(name) || DROPPED_PREFIXES.stream().anyMatch(name::startsWith);
            if (TRUST.contains(name) || !dropped) {
                env.put(name, value);
            }
        });
        env.put("HOME", home.toString());
        env.put("XDG_CONFIG_HOME", home.resolve(".config").toString());
        env.put("XDG_CACHE_HOME", home.resolve(".cache").toString());
        env.put("XDG_DATA_HOME", home.resolve(".local/share").toString());
        env.put("XDG_STATE_HOME", home.resolve(".local/state").toString());
        env.put("PATH", bin + File.pathSeparator + machine.getOrDefault("PATH", "/usr/bin:/bin"));
        env.put("PIP_CONFIG_FILE", "/dev/null");
        env.put("PIP_NO_CACHE_DIR", "1");
        env.put("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        env.put("UV_NO_CACHE", "1");
        env.put("POETRY_CACHE_DIR", home.resolve("poetry-cache").toString());
        env.put("PDM_CACHE_DIR", home.resolve("pdm-cache").toString());
        env.put("PDM_CHECK_UPDATE", "0");
        env.put("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring");
        env.put("NO_PROXY", "127.0.0.1,localhost");
        env.put("no_proxy", "127.0.0.1,localhost");
        return env;
    }
}
