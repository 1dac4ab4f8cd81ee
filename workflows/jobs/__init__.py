"""Durable background work: a job, once enqueued, is finished, whatever process dies meanwhile.

``registry`` declares jobs, ``queue`` enqueues and waits for them, ``service`` runs them in
this process. Only ``engine`` knows DBOS; it is imported where a job is first touched,
because loading it takes a fifth of a second that most commands need not pay.
"""
