package io.cornucopia.acceptance;

import static org.junit.jupiter.api.Assumptions.abort;

import io.cornucopia.testkit.ClientTools;
import java.nio.file.Path;

/** The real clients, prepared once for all tests; whoever asks for them is skipped where they cannot be had. */
final class Clients {
    private static final Path ENVIRONMENT = Path.of("target", "clients");

    private Clients() {}

    static ClientTools tools() {
        ClientTools.Preparation preparation = ClientTools.prepareClients(ENVIRONMENT);
        if (preparation instanceof ClientTools.Unavailable unavailable) {
            abort("pip, uv, poetry, pdm, twine, hatch and flit cannot be had here: " + unavailable.reason());
        }
        return ((ClientTools.Prepared) preparation).tools();
    }
}
