"""An S3 endpoint on loopback for the demo: objects in a folder, an index in SQLite, signatures checked.

`make run` starts it beside the product, so that scripts written for Amazon S3 and SageMaker Ground Truth have somewhere
to put photos and read masks without an account anywhere. It speaks the part of the S3 API that boto3, the AWS CLI and
django-storages use for objects and buckets; it is no storage for production.
"""
