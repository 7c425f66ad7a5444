FROM python:3.11
COPY . /srv
WORKDIR /srv
RUN pip install flask gunicorn scikit-learn pandas
CMD gunicorn server:app
