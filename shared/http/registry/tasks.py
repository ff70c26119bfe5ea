"""Tasks of responsible units with their progress notes."""

from datetime import date

from shared.http.client import ServiceClient, View, given


class TaskView(View):
    code: str
    task: str
    lead: str
    joint: list[str]
    due_on: date | None
    state: str
    percent: int | None
    is_late: bool
    days_late: int


class TaskNoteView(View):
    number: int
    noted_on: date
    text: str
    percent: int | None
    state: str | None
    standing: str
    unit: str


class TaskDetailView(TaskView):
    latest: list[TaskNoteView]


class TaskCalls(ServiceClient):
    async def tasks(
        self, programme: str, *, unit: str | None = None, late: bool | None = None
    ) -> list[TaskView]:
        """Those that a unit leads or joins, or those that are late (or are not); in the document's order."""
        wanted = self.pages("/v1/tasks", TaskView, programme=programme, unit=unit, late=late)
        return [task async for task in wanted]

    async def task(self, programme: str, code: str) -> TaskDetailView:
        return await self.get(f"/v1/tasks/{programme}/{code}", TaskDetailView)

    async def task_notes(self, programme: str, code: str) -> list[TaskNoteView]:
        """The one written last first."""
        path = f"/v1/tasks/{programme}/{code}/notes"
        return [note async for note in self.pages(path, TaskNoteView)]

    async def note_progress(
        self,
        programme: str,
        code: str,
        *,
        noted_on: date,
        text: str,
        key: str,
        percent: int | None = None,
        state: str | None = None,
    ) -> TaskNoteView:
        body = given(noted_on=noted_on.isoformat(), text=text, percent=percent, state=state)
        return await self.post(f"/v1/tasks/{programme}/{code}/notes", TaskNoteView, body, key=key)
