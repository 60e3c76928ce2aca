"""Influence scripts: a tree of questions that leads to an impact, walked answer by answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.texts import row_number

MOST_ANSWERS = 9
"""As many as there are number keys."""

Content = Mapping[str, Any]
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: it leads to the ``next`` question, or ends with an ``impact`` from 1 to 4."""

    text: str
    next: str | None = None
    impact: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers; ``key`` stays the same while its words and its place
    change.
    """

    key: str
    text: str
    help: str = ""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """All questions of a script in the order they are written, and the key of the first one
    asked.
    """

    start: str = ""
    questions: tuple[Question, ...] = ()

    def question(self, key: str | None) -> Question | None:
        """Return the question with this key."""
        return next((each for each in self.questions if each.key == key), None)


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A question that was answered, and which of its answers was given."""

    question: Question
    index: int

    @property
    def answer(self) -> Answer:
        """Return the answer given."""
        return self.question.answers[self.index]

    @property
    def token(self) -> str:
        """Return how a form carries it along: ``q2:0``."""
        return token(self.question.key, self.index)


@dataclass(frozen=True, slots=True)
class Walk:
    """How far the answers lead: what was asked, the question that comes now, or the impact at the
    end.

    With neither the script leads nowhere from here. ``unused`` answers no longer fit the script.
    """

    asked: tuple[QuestionAsked, ...] = ()
    question: Question | None = None
    impact: int | None = None
    unused: int = 0

    @property
    def recorded(self) -> list[dict[str, Any]]:
        """Return the answers as an incident keeps them: with the words as they were when asked."""
        return [
            {
                "question": each.question.key,
                "text": each.question.text,
                "answer": each.index,
                "said": each.answer.text,
            }
            for each in self.asked
        ]


@dataclass(frozen=True, slots=True)
class ScriptFault:
    """Why a script cannot be published; ``question`` is the key of the question it is about, or
    nothing.
    """

    sentence: str
    question: str = ""


def tree_of(content: Content) -> Tree:
    """Return the stored ``content`` as values."""
    return Tree(
        str(content.get("start") or ""),
        tuple(_question(each) for each in content.get("questions") or ()),
    )


def content_of(tree: Tree) -> dict[str, Any]:
    """Return a tree as it is stored."""
    return {
        "start": tree.start,
        "questions": [_stored(question) for question in tree.questions],
    }


def walk(content: Content | Tree, answers: Sequence[Given]) -> Walk:
    """Follow ``answers``, each ``{"question": key, "answer": index}``, as far as they fit the
    script.
    """
    tree = content if isinstance(content, Tree) else tree_of(content)
    asked: list[QuestionAsked] = []
    question, impact = tree.question(tree.start), None
    for given in answers:
        step = _step(question, given)
        if step is None:
            break
        asked.append(step)
        question, impact = tree.question(step.answer.next), step.answer.impact
    return Walk(
        tuple(asked),
        question,
        impact if question is None else None,
        len(answers) - len(asked),
    )


def token(key: str, index: int) -> str:
    """Return one answer as a form carries it: ``q2:0``."""
    return f"{key}:{index}"


def taken(
    tokens: Iterable[str], chosen: str = "", *, keep: int | None = None
) -> list[dict[str, Any]]:
    """Return the answers a form brought: the earlier ``tokens`` (the first ``keep`` of them) and
    the one ``chosen``.

    What is no answer at all is left out.
    """
    earlier = list(tokens)[:keep]
    parts = [each.rpartition(":") for each in (*earlier, chosen)]
    found = [(key, row_number(index)) for key, _colon, index in parts]
    return [
        {"question": key, "answer": index}
        for key, index in found
        if key and index is not None
    ]


def faults(content: Content | Tree) -> list[ScriptFault]:
    """Return everything that keeps a script from being published; none: every choice of answers
    ends.
    """
    tree = content if isinstance(content, Tree) else tree_of(content)
    if not tree.questions:
        return [ScriptFault("The script has no questions yet.")]
    found = list(_faults_of_keys(tree))
    for question in tree.questions:
        found += [
            ScriptFault(sentence, question.key)
            for sentence in _faults_of_question(tree, question)
        ]
    return [*found, *_unreachable(tree), *_loops(tree)]


def name_of(tree: Tree, question: Question) -> str:
    """Return what a question is called in a sentence: its words, or its number where it has none
    yet.
    """
    return (
        f"“{question.text}”"
        if question.text.strip()
        else f"Question {tree.questions.index(question) + 1}"
    )


def reached(tree: Tree) -> dict[str, int]:
    """Return the keys of the questions that can be asked, each with how many are asked before it at
    the least.
    """
    depths: dict[str, int] = {}
    level = [tree.start] if tree.question(tree.start) else []
    while level:
        depths |= dict.fromkeys(level, len(set(depths.values())))
        following = [each.key for key in level for each in _following(tree, key)]
        level = [key for key in dict.fromkeys(following) if key not in depths]
    return depths


def _question(stored: Mapping[str, Any]) -> Question:
    answers = tuple(
        Answer(
            str(each.get("text") or ""), each.get("next") or None, each.get("impact")
        )
        for each in stored.get("answers") or ()
    )
    return Question(
        str(stored.get("key") or ""),
        str(stored.get("text") or ""),
        str(stored.get("help") or ""),
        answers,
    )


def _stored(question: Question) -> dict[str, Any]:
    answers = [
        {
            "text": each.text,
            **({"next": each.next} if each.next else {}),
            **_with_impact(each),
        }
        for each in question.answers
    ]
    return {
        "key": question.key,
        "text": question.text,
        "help": question.help,
        "answers": answers,
    }


def _with_impact(answer: Answer) -> dict[str, int]:
    return {} if answer.impact is None else {"impact": answer.impact}


def _step(question: Question | None, given: Given) -> QuestionAsked | None:
    index = given.get("answer")
    if (
        question is None
        or given.get("question") != question.key
        or not isinstance(index, int)
    ):
        return None
    return (
        QuestionAsked(question, index) if 0 <= index < len(question.answers) else None
    )


def _following(tree: Tree, key: str) -> list[Question]:
    question = tree.question(key)
    found = [
        tree.question(each.next) for each in (question.answers if question else ())
    ]
    return [each for each in found if each is not None]


def _faults_of_keys(tree: Tree) -> Iterator[ScriptFault]:
    keys = [question.key for question in tree.questions]
    if tree.start not in keys:
        yield ScriptFault("Say which question is asked first.")
    for key in sorted({key for key in keys if not key or keys.count(key) > 1}):
        yield ScriptFault(
            f"Two questions have the same key “{key}”."
            if key
            else "A question has no key.",
            key,
        )


def _faults_of_question(tree: Tree, question: Question) -> Iterator[str]:
    name = name_of(tree, question)
    if not question.text.strip():
        yield f"{name} has no words."
    if not question.answers:
        yield f"{name} is a dead end: it has no answers."
    if len(question.answers) > MOST_ANSWERS:
        yield (
            f"{name} has {len(question.answers)} answers; there are number keys for {MOST_ANSWERS}."
        )
    texts = [each.text.strip().casefold() for each in question.answers]
    for index, answer in enumerate(question.answers):
        yield from _faults_of_answer(tree, name, index, answer)
        if texts[index] and texts.index(texts[index]) < index:
            yield f"{name} has the answer “{answer.text}” twice."


def _faults_of_answer(
    tree: Tree, name: str, index: int, answer: Answer
) -> Iterator[str]:
    said = f"“{answer.text}”" if answer.text.strip() else f"answer {index + 1}"
    if not answer.text.strip():
        yield f"Answer {index + 1} of {name} has no words."
    if answer.next is None and answer.impact is None:
        yield f"{name}, {said} is a dead end: say which question comes next or which impact it has."
    if answer.next is not None and answer.impact is not None:
        yield f"{name}, {said} leads to a question and has an impact; only one of them can be."
    if answer.next is not None and tree.question(answer.next) is None:
        yield f"{name}, {said} leads to a question that is not there."
    if answer.impact is not None and answer.impact not in range(1, 5):
        yield (
            f"{name}, {said} has the impact {answer.impact}; it goes from 1 (many sites) to 4 "
            "(one person)."
        )


def _unreachable(tree: Tree) -> list[ScriptFault]:
    if tree.question(tree.start) is None:
        return []
    asked = reached(tree)
    lost = [each for each in tree.questions if each.key not in asked]
    return [
        ScriptFault(
            f"{name_of(tree, each)} is never asked: no answer leads to it.", each.key
        )
        for each in lost
    ]


@dataclass(slots=True)
class _Search:
    """A walk through the tree in depth: a way back to a question on the path is a loop."""

    tree: Tree
    done: set[str] = field(default_factory=set)
    found: list[ScriptFault] = field(default_factory=list)

    def visit(self, first: Question) -> None:
        path = [(first, iter(_following(self.tree, first.key)))]
        while path:
            question, ahead = path[-1]
            following = next(ahead, None)
            if following is None:
                self.done.add(question.key)
                path.pop()
            elif any(each.key == following.key for each, _rest in path):
                self._note(question, following)
            elif following.key not in self.done:
                path.append((following, iter(_following(self.tree, following.key))))

    def _note(self, question: Question, back: Question) -> None:
        names = name_of(self.tree, question), name_of(self.tree, back)
        sentence = f"{names[0]} leads back to {names[1]}: the questions could go round for ever."
        if ScriptFault(sentence, question.key) not in self.found:
            self.found.append(ScriptFault(sentence, question.key))


def _loops(tree: Tree) -> list[ScriptFault]:
    search = _Search(tree)
    for question in tree.questions:
        if question.key not in search.done:
            search.visit(question)
    return search.found


def paths_to(content: Content | Tree, impact: int) -> list[list[dict[str, Any]]]:
    """Return every way to answer that ends with this impact, as recorded answers, the shortest
    first.
    """
    tree = content if isinstance(content, Tree) else tree_of(content)
    found: list[list[dict[str, Any]]] = []
    level: list[list[dict[str, Any]]] = [[]] if not faults(tree) else []
    while level:
        walks = [walk(tree, answers) for answers in level]
        found += [each.recorded for each in walks if each.impact == impact]
        level = [
            [*each.recorded, {"question": each.question.key, "answer": index}]
            for each in walks
            if each.question is not None
            for index in range(len(each.question.answers))
        ]
    return found
