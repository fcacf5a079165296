package io.cornucopia.bus;

import java.util.List;

/**
 * What a change concerned.
 *
 * @param filenames the files that were changed or deleted; none where a status was set
 */
public record ManageAnswer(List<String> filenames) {
    public ManageAnswer {
        filenames = List.copyOf(filenames);
    }
}
