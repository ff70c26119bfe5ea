"""An Airflow 3 DAG that drives the annual cycle. Airflow holds no state of the year: a run is one tick, and a run that
is missed is made up for by the next. Install Airflow in an environment of its own; `clusters` needs to be on its PATH.
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

YEAR = 2024

with DAG(
    dag_id="county_clusters_cycle",
    description="县域特色产业集群年度流程",
    schedule=timedelta(minutes=10),
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=1), "retry_exponential_backoff": True},
) as dag:
    # 10 and 20 (waits for a person, for a day) skip what comes after; 30, 40 and 50 are tried again, which does no harm
    # (a tick does nothing twice), and then fail and alert.
    advance = BashOperator(
        task_id="advance",
        bash_command=f"clusters cycle advance {YEAR}",
        skip_on_exit_code=[10, 20],
        append_env=True,
    )
    told = BashOperator(
        task_id="status", bash_command=f"clusters cycle status {YEAR} --json", append_env=True
    )
    advance >> told
