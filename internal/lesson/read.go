package lesson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"argen/internal/strict"
	"argen/viz"
)

// ReadRecords reads what argen explain --json prints: records, one after the
// other, or the quiz, which has one for each option. What is wrong is an error
// with its line, and no record is returned.
func ReadRecords(name string, data []byte) ([]*Record, error) {
	var all []*Record
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		line := 1 + bytes.Count(data[:dec.InputOffset()+int64(blanks(data[dec.InputOffset():]))], []byte("\n"))
		fail := func(err error) error {
			return &strict.Error{File: name, Offset: -1, Line: line, Msg: err.Error()}
		}
		var raw json.RawMessage
		switch err := dec.Decode(&raw); {
		case errors.Is(err, io.EOF) && len(all) > 0:
			return all, nil
		case errors.Is(err, io.EOF):
			return nil, fail(errors.New("the file is empty: argen explain NAME --json prints a lesson"))
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, fail(errors.New("the file is cut short inside this lesson: run argen explain NAME --json again"))
		case err != nil:
			return nil, fail(err)
		}
		list, err := readRecord(raw, false)
		if err != nil {
			return nil, fail(err)
		}
		all = append(all, list...)
	}
}

// ReadQuiz reads what argen explain quiz --json prints.
func ReadQuiz(name string, data []byte) (*QuizRecord, error) {
	if _, err := ReadRecords(name, data); err != nil {
		return nil, err
	}
	q := &QuizRecord{}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(q); err != nil {
		return nil, &strict.Error{File: name, Offset: -1, Line: 1, Msg: wording(err).Error()}
	}
	return q, nil
}

// Records are those of the options that were chosen.
func (q *QuizRecord) Records() []*Record {
	var all []*Record
	for _, o := range q.Options {
		if o.Record != nil {
			all = append(all, o.Record)
		}
	}
	return all
}

// blanks is how many blank bytes data begins with.
func blanks(data []byte) int { return len(data) - len(bytes.TrimLeft(data, " \t\r\n")) }

// readRecord reads one value: a record, or, where it is not within one, a quiz.
func readRecord(raw []byte, within bool) ([]*Record, error) {
	var head struct {
		Type    string `json:"type"`
		Version int    `json:"version"`
		Options []struct {
			Record json.RawMessage `json:"record"`
		} `json:"options"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, wording(err)
	}
	switch {
	case head.Version > Version:
		return nil, fmt.Errorf("version %d of the record of a lesson, this program reads up to %d: use the argen that wrote it", head.Version, Version)
	case head.Type == "quiz" && !within:
		var all []*Record
		for i, o := range head.Options {
			if o.Record == nil {
				continue // an answer that was not chosen
			}
			list, err := readRecord(o.Record, true)
			if err != nil {
				return nil, fmt.Errorf("option %d: %w", i+1, err)
			}
			all = append(all, list...)
		}
		if len(all) == 0 {
			return nil, errors.New("the quiz has no option with a record")
		}
		return all, nil
	case head.Type != "lesson":
		return nil, fmt.Errorf("the type is %q, that of a lesson is %q", head.Type, "lesson")
	}
	r := &Record{}
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, wording(err)
	}
	if r.Version < 1 || r.Lesson == "" || r.Texts.Title == "" {
		return nil, errors.New("a record of a lesson has a version, a name and a title, this has not: argen explain NAME --json prints one")
	}
	return []*Record{r}, nil
}

// wording says in plain words what encoding/json says in those of Go.
func wording(err error) error {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		article := "a"
		if strings.HasPrefix(t.Value, "object") || strings.HasPrefix(t.Value, "array") {
			article = "an"
		}
		return fmt.Errorf("%s: found %s %s, which it cannot be", t.Field, article, t.Value)
	}
	return err
}

// UnmarshalJSON implements json.Unmarshaler: the data are those of the kind.
func (c *Chart) UnmarshalJSON(data []byte) error {
	var raw struct {
		Kind string          `json:"kind"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	chart, ok := viz.Lookup(raw.Kind)
	if !ok || chart.Data == nil {
		return fmt.Errorf("there is no chart %q that is drawn from data: argen plot list shows the kinds", raw.Kind)
	}
	d := chart.Data()
	if err := json.Unmarshal(raw.Data, d); err != nil {
		return fmt.Errorf("chart %s: %w", raw.Kind, err)
	}
	if err := d.Check(); err != nil {
		return fmt.Errorf("chart %s: %w", raw.Kind, err)
	}
	c.Kind, c.Data = raw.Kind, d
	return nil
}
