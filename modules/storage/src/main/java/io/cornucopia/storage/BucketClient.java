package io.cornucopia.storage;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes the client of a bucket: the AWS SDK over Apache's HTTP client. Takes its time, for all that has to be loaded. */
final class BucketClient {
    /** Connections that stand idle are closed before most servers do so in the middle of a request. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private BucketClient() {}

    static S3Client of(BucketSettings settings) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(Apache5HttpClient.builder()
                        .maxConnections(BucketThreads.ALL)
                        .connectionTimeout(settings.connectTimeout())
                        .connectionMaxIdleTime(IDLE)
                        .socketTimeout(settings.readTimeout()))
                .credentialsProvider(DefaultCredentialsProvider.builder().build())
                .region(Region.of(settings.region()))
                .forcePathStyle(settings.pathStyle())
                // What we send has an MD5, which every server knows, and what we read is held to its SHA-256.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(configuration ->
                        configuration.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(settings.maxRetries() + 1)
                                .build()));
        settings.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** For what is small: also one who sends a byte now and then has to come to an end. */
    static AwsRequestOverrideConfiguration quick(BucketSettings settings) {
        return AwsRequestOverrideConfiguration.builder()
                .apiCallAttemptTimeout(settings.connectTimeout().plus(settings.readTimeout()))
                .build();
    }
}
