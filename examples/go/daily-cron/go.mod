module example.com/daily-cron

go 1.25

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.258.0
	github.com/aws/jsii-runtime-go v1.140.0
	github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver-go/cdks3datedarchiver v0.0.0
)
