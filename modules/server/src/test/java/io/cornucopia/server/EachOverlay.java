package io.cornucopia.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A test of everything below {@code k8s/} that can be applied. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@ParameterizedTest
@ValueSource(strings = {"base", "overlays/single", "overlays/s3", "overlays/shared-volume", Overlay.WITH_COMPONENTS})
@interface EachOverlay {}
