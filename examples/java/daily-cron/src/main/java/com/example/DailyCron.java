package com.example;

import io.github.cdks3datedarchiver.DateSelection;
import io.github.cdks3datedarchiver.DateSource;
import io.github.cdks3datedarchiver.S3DatedArchiver;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.TimeZone;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.scheduler.CronOptionsWithTimezone;
import software.amazon.awscdk.services.scheduler.ScheduleExpression;
import software.amazon.awscdk.services.sns.subscriptions.EmailSubscription;

/**
 * Every night at one o'clock in Tokyo, the files of the last two days move from {@code incoming/} to {@code archive/yyyy/MM/dd/}.
 * Subscribers of the topic get one message about each night that needs attention, and none about other nights.
 */
public final class DailyCron {
    private DailyCron() {
    }

    public static void main(final String[] args) {
        final App app = new App();
        final Stack stack = new Stack(app, "DailyCron");

        final Bucket bucket = Bucket.Builder.create(stack, "Bucket").enforceSsl(true).build();

        final S3DatedArchiver archiver = S3DatedArchiver.Builder.create(stack, "Archiver")
            .bucket(bucket)
            .prefix("incoming/")
            .schedule(ScheduleExpression.cron(CronOptionsWithTimezone.builder()
                .hour("1").minute("0").timeZone(TimeZone.ASIA_TOKYO).build()))
            // One format for each way in which a producer writes the date.
            .dateSource(DateSource.objectName(
                "yyyy-MM-dd", // 2026-11-24-7.json.gz
                "yyyyMMdd", // ..._20261124T0005Z_...
                "yyyyMMddHHmmss", // nightly-20261124010015-logs.gz
                "'u_ex'yyMMdd", // u_ex261124.log
                "'A'yyyyDDD")) // MOD09GA.A2026328.h08v05.061.hdf: the day of the year
            // AWS services date their files in UTC, so some of yesterday's files arrive after the run. The next run archives them.
            .selection(DateSelection.lastDays(2))
            .build();

        archiver.getAlertTopic().addSubscription(EmailSubscription.Builder.create("ops@example.com").build());

        app.synth();
    }
}
