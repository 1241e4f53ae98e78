"""The API of Amazon SageMaker Ground Truth, as an unmodified AWS client calls it: a translation to our services.

Its names and error shapes stop here. `docs/sagemaker-api.md` says what is answered and what differs.
"""
