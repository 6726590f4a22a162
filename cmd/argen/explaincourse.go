package main

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"argen"
	"argen/internal/lesson"
	"argen/internal/words"
	"argen/viz/term"
)

// errLeft says that the learner has left: q, or the end of the input.
var errLeft = errors.New("left")

// prompt asks for a line. At the end of the input the learner has left.
func (e *explaining) prompt(ctx context.Context, text string) (string, error) {
	if text != "" {
		text += " "
	}
	e.say(text)
	line, err := e.a.line(ctx)
	line = strings.TrimSpace(line)
	switch {
	case errors.Is(err, io.EOF) && line == "":
		e.say("\n")
		return "", errLeft
	case err != nil && !errors.Is(err, io.EOF):
		return "", err
	}
	return line, nil
}

// question asks for one of n options until the answer is one, or nothing: −1.
func (e *explaining) question(ctx context.Context, n int) (int, error) {
	if n == 0 {
		return -1, nil
	}
	letters := lesson.Letters(n)
	text := "\n" + e.words.Say("explain.ask", words.Map{"letters": letters})
	for {
		line, err := e.prompt(ctx, text)
		switch {
		case err != nil:
			return 0, err
		case line == "":
			return -1, nil
		}
		if i, ok := lesson.ReadOption(line, n); ok {
			return i, nil
		}
		if line == "q" || line == "quit" {
			return 0, errLeft
		}
		text = e.words.Say("explain.again", words.Map{"given": argen.Visible(line), "letters": letters})
	}
}

// course walks through the lessons with a learner at a terminal.
func (e *explaining) course(ctx context.Context, lab *lesson.Lab) error {
	v, w := e.view()
	e.say(e.words.Say("explain.course", words.Map{"all": strconv.Itoa(len(lesson.Course))}) + "\n")
	if err := v.List(w); err != nil {
		return err
	}
	next := 0 // the lesson that Enter means
	text := "choose"
	for {
		values := words.Map{}
		if next < len(lesson.Course) {
			values["next"] = e.words.Say("lessons."+lesson.Course[next].Name+".title", nil)
		}
		line, err := e.prompt(ctx, "\n"+term.Wrap(e.words.Say("explain."+text, values), e.a.width()-20))
		switch {
		case errors.Is(err, errLeft):
			return nil
		case err != nil:
			return err
		}
		if line == "quiz" {
			if err := e.quizIn(ctx, lab); err != nil {
				return err
			}
			continue
		}
		l, at, done, err := e.chosen(line, next)
		switch {
		case err != nil:
			return err
		case done:
			return nil
		case l == nil:
			continue
		}
		_, err = e.lesson(ctx, lab, l, -1, true)
		switch {
		case errors.Is(err, errLeft):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			e.a.complain(err) // this model cannot take part, say; the course goes on
		}
		if next = at + 1; next < len(lesson.Course) {
			text = "next"
		} else {
			text = "last"
		}
	}
}

// chosen reads what a learner typed for the next lesson: its number or name, Enter
// for the one at next, q for the end. Without a lesson the answer was given.
func (e *explaining) chosen(line string, next int) (l *lesson.Lesson, at int, done bool, err error) {
	switch {
	case line == "" && next < len(lesson.Course):
		return lesson.Course[next], next, false, nil
	case line == "" || line == "q" || line == "quit":
		return nil, 0, true, nil
	case line == "l" || line == "list":
		v, w := e.view()
		return nil, 0, false, v.List(w)
	}
	if l, ok := lesson.Lookup(line); ok {
		for i, other := range lesson.Course {
			if other == l {
				next = i
			}
		}
		return l, next, false, nil
	}
	says := e.words.Say("explain.unknown", words.Map{"given": argen.Visible(line)})
	if names := near(line, lessonNames()); len(names) > 0 {
		says += " " + e.words.Say("explain.near", words.Map{"near": strings.Join(names, ", ")})
	}
	e.say(says + "\n")
	return nil, 0, false, nil
}
