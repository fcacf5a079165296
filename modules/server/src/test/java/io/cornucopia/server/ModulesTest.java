package io.cornucopia.server;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows between the modules. */
class ModulesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.cornucopia");

    private static final Map<String, List<String>> MAY_USE = Map.of(
            "core", List.of(),
            "access", List.of("core"),
            "storage", List.of("core"),
            "bus", List.of("core", "access", "storage"),
            "cluster", List.of("core", "storage", "bus"),
            "upstream", List.of("core", "storage", "bus"),
            "metadata", List.of("core", "storage", "bus", "cluster", "upstream"),
            "fetcher", List.of("core", "storage", "bus", "cluster", "upstream"),
            "intake", List.of("core", "access", "storage", "bus"),
            "http", List.of("core", "access", "storage", "bus", "cluster"));

    @TestFactory
    @DisplayName("a module uses only those above it; services know each other through the bus alone")
    Stream<DynamicTest> arrows() {
        return MAY_USE.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    String[] forbidden = Stream.concat(MAY_USE.keySet().stream(), Stream.of("server", "testkit"))
                            .filter(module -> !module.equals(entry.getKey())
                                    && !entry.getValue().contains(module))
                            .map(ModulesTest::packages)
                            .toArray(String[]::new);
                    ArchRuleDefinition.noClasses()
                            .that()
                            .resideInAPackage(packages(entry.getKey()))
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(forbidden)
                            .check(CLASSES);
                }));
    }

    @Test
    @DisplayName("core knows neither Vert.x nor files nor sockets")
    void coreIsPure() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage(packages("core"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "java.nio.file..", "java.net.http..")
                .check(CLASSES);
    }

    @Test
    @DisplayName("no cycles")
    void noCycles() {
        slices().matching("io.cornucopia.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    @DisplayName("there is one Netty, Vert.x's: no library has brought another one")
    void oneNetty() throws IOException {
        Set<String> versions = new TreeSet<>();
        for (URL of :
                Collections.list(getClass().getClassLoader().getResources("META-INF/io.netty.versions.properties"))) {
            Properties properties = new Properties();
            try (InputStream in = of.openStream()) {
                properties.load(in);
            }
            properties.stringPropertyNames().stream()
                    // The binding to OpenSSL is counted by itself.
                    .filter(name -> name.endsWith(".version") && !name.startsWith("netty-tcnative"))
                    .forEach(name -> versions.add(properties.getProperty(name)));
        }
        assertThat(versions).hasSize(1);
        assertThatThrownBy(() -> Class.forName("software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    @DisplayName("what speaks to buckets is known to the store in a bucket alone, so that nobody else loads it")
    void bucketsApart() {
        ArchRuleDefinition.noClasses()
                .that()
                .haveSimpleNameNotStartingWith("Bucket")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("software.amazon..", "org.apache.hc..")
                .check(CLASSES);
    }

    private static String packages(String module) {
        return "io.cornucopia." + module + "..";
    }
}
