// Every night at one o'clock in Tokyo, the files of the last two days move from incoming/ to archive/yyyy/MM/dd/.
// Subscribers of the topic get one message about each night that needs attention, and none about other nights.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver-go/cdks3datedarchiver"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("DailyCron"), nil)

	bucket := awss3.NewBucket(stack, jsii.String("Bucket"), &awss3.BucketProps{EnforceSSL: jsii.Bool(true)})

	archiver := cdks3datedarchiver.NewS3DatedArchiver(stack, jsii.String("Archiver"), &cdks3datedarchiver.S3DatedArchiverProps{
		Bucket: bucket,
		Prefix: jsii.String("incoming/"),
		Schedule: awsscheduler.ScheduleExpression_Cron(&awsscheduler.CronOptionsWithTimezone{
			Hour: jsii.String("1"), Minute: jsii.String("0"), TimeZone: awscdk.TimeZone_ASIA_TOKYO(),
		}),
		// One format for each way in which a producer writes the date.
		DateSource: cdks3datedarchiver.DateSource_ObjectName(
			jsii.String("yyyy-MM-dd"),     // 2026-11-24-7.json.gz
			jsii.String("yyyyMMdd"),       // ..._20261124T0005Z_...
			jsii.String("yyyyMMddHHmmss"), // nightly-20261124010015-logs.gz
			jsii.String("'u_ex'yyMMdd"),   // u_ex261124.log
			jsii.String("'A'yyyyDDD"),     // MOD09GA.A2026328.h08v05.061.hdf: the day of the year
		),
		// AWS services date their files in UTC, so some of yesterday's files arrive after the run. The next run archives them.
		Selection: cdks3datedarchiver.DateSelection_LastDays(jsii.Number(2)),
	})

	archiver.AlertTopic().AddSubscription(awssnssubscriptions.NewEmailSubscription(jsii.String("ops@example.com"), nil))

	app.Synth(nil)
}
