"""Durable background work: a job, once enqueued, is finished, whatever process dies meanwhile.

``registry`` declares jobs, ``queue`` enqueues and waits for them, ``service`` runs them in
this process. Only ``engine`` knows DBOS, and loads it when a job is first touched: it takes
half a second that most commands need not pay.
"""
