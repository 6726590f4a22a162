package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"argen"
	"argen/internal/lesson"
	"argen/internal/report"
	"argen/internal/strict"
)

// readParts reads what a report is of.
func (a *app) readParts(ctx context.Context, files []string) ([]report.Part, error) {
	var all []report.Part
	for _, name := range files {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			within := filepath.Join(name, compareFile)
			if _, err := os.Stat(within); err != nil {
				return nil, fmt.Errorf("%s is a folder without a %s: name files, or the folder that compare -o wrote", argen.Visible(name), compareFile)
			}
			name = within
		}
		parts, err := a.readPart(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, parts...)
	}
	return all, nil
}

// readPart reads a file: traces, a comparison or lessons, by what it begins with.
func (a *app) readPart(ctx context.Context, name string) ([]report.Part, error) {
	data, err := a.readFile(ctx, name, largestTrace)
	if err != nil {
		return nil, err
	}
	if name == "-" {
		name = "stdin"
	}
	shown := argen.Visible(name)
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, fmt.Errorf("%s is empty: a report is made of traces, comparisons and lessons", shown)
	}
	switch kind := firstValue(data); {
	case kind.Type == "quiz":
		q, err := lesson.ReadQuiz(shown, data)
		if err != nil {
			return nil, err
		}
		return quizParts(q), nil
	case kind.Type == "lesson":
		records, err := lesson.ReadRecords(shown, data)
		if err != nil {
			return nil, err
		}
		var parts []report.Part
		for _, r := range records {
			parts = append(parts, report.Lesson{Record: r})
		}
		return parts, nil
	case kind.Strategies != nil:
		c, err := parseComparison(shown, data)
		if err != nil {
			return nil, err
		}
		return []report.Part{report.Comparison{Name: filepath.Base(name), Data: c.chart(), Texts: comparedTexts(data)}}, nil
	case kind.Object && kind.Type == "" && kind.Event == "":
		return nil, fmt.Errorf("%s: this JSON is neither a trace nor a comparison nor a lesson: generate --log, compare --json and explain --json write those", shown)
	}
	traces, err := argen.ReadTraces(shown, bytes.NewReader(data))
	if err != nil {
		return nil, otherLog(shown, data, reportedTrace(err))
	}
	var parts []report.Part
	for _, t := range traces {
		if t.Torn {
			a.hint("%s: the last line is cut short and left out", shown)
		}
		parts = append(parts, report.Trace{Name: filepath.Base(name), Trace: t})
	}
	return parts, nil
}

// quizParts are a quiz and its experiments.
func quizParts(q *lesson.QuizRecord) []report.Part {
	parts := []report.Part{report.Quiz{Record: q}}
	for _, r := range q.Records() {
		parts = append(parts, report.Lesson{Record: r})
	}
	return parts
}

// A beginning is what tells the kinds of files apart.
type beginning struct {
	Object     bool            `json:"-"`
	Type       string          `json:"type"`
	Event      string          `json:"event"`
	Strategies json.RawMessage `json:"strategies"`
}

// firstValue looks at the first value of a file.
func firstValue(data []byte) beginning {
	var b beginning
	var raw json.RawMessage
	if json.NewDecoder(bytes.NewReader(data)).Decode(&raw) == nil && json.Unmarshal(raw, &b) == nil {
		b.Object = true
	}
	return b
}

// reportedTrace adds to an error of a first line that is no trace what else a
// report reads.
func reportedTrace(err error) error {
	var in *strict.Error
	if errors.As(err, &in) && in.Line == 1 && in.Column == 0 {
		return fmt.Errorf("%w; a report is made of traces (--log), comparisons (compare --json) and lessons (explain --json)", err)
	}
	return err
}

// comparedTexts are the texts of a comparison that was read already.
func comparedTexts(data []byte) []report.Text {
	var c struct {
		Strategies []struct {
			Name    string `json:"name"`
			Samples []struct {
				Text   string `json:"text"`
				Tokens int    `json:"tokens"`
				Reason string `json:"reason"`
			} `json:"samples"`
		} `json:"strategies"`
	}
	if json.Unmarshal(data, &c) != nil {
		return nil // another program wrote texts of another form
	}
	var all []report.Text
	for _, s := range c.Strategies {
		for _, t := range s.Samples {
			all = append(all, report.Text{Strategy: s.Name, Text: t.Text, Tokens: t.Tokens, Reason: t.Reason})
		}
	}
	return all
}
