package lesson

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestReadRecords: what is written is read again to the same bytes, alone, in
// several lines and in a quiz.
func TestReadRecords(t *testing.T) {
	r, err := chainRule.Do(t.Context(), newLab(t, "story", "en"))
	if err != nil {
		t.Fatal(err)
	}
	line, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []struct {
		text string
		n    int
	}{
		{string(line), 1},
		{string(line) + "\n\n" + string(line) + "\n", 2},
		{`{"type":"quiz","options":[{"record":` + string(line) + `},{"record":` + string(line) + `}]}`, 2},
	} {
		list, err := ReadRecords("x.json", []byte(file.text))
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != file.n {
			t.Errorf("%d records, want %d", len(list), file.n)
		}
		for _, r := range list {
			again, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(again, line) {
				t.Errorf("read and written again:\n%s\nit was\n%s", again, line)
			}
			if _, err := r.Charts[0].Figure(); err != nil {
				t.Error(err)
			}
		}
	}
	q, err := ReadQuiz("x.json", []byte(`{"type":"quiz","version":1,"question":"Why?","options":[{"key":"a","text":"so","right":true},{"key":"b","text":"or","record":`+string(line)+`}]}`))
	if err != nil || q.Question != "Why?" || len(q.Options) != 2 || len(q.Records()) != 1 || q.Records()[0].Lesson != "chain-rule" {
		t.Errorf("a quiz of one chosen option is %+v, %v", q, err)
	}
	for _, bad := range []struct{ text, says string }{
		{"", "x.json:1: the file is empty"},
		{string(line[:len(line)/2]), "x.json:1: the file is cut short"},
		{string(line) + "\n{", "x.json:2: the file is cut short"},
		{"\n\n{]", "x.json:3: "},
		{`{"type":"lesson","version":2}`, "version 2 of the record"},
		{`{"type":"header"}`, `the type is "header"`},
		{`{"type":"lesson","version":1}`, "has not"},
		{`{"type":"quiz","options":[]}`, "no option"},
		{`{"type":"quiz","options":[{"record":{"type":"lesson"}}]}`, "option 1: "},
		{`{"type":"quiz","options":[{"record":{"type":"quiz"}}]}`, `option 1: the type is "quiz"`},
		{strings.Replace(string(line), `"charts":[`, `"charts":[null,`, 1), `no chart ""`},
		{`{"type":"lesson","version":"one"}`, "version: found a string"},
		{`{"type":"lesson","version":{}}`, "version: found an object"},
		{strings.Replace(string(line), `"curves"`, `"curvy"`, 1), `no chart "curvy"`},
		{strings.Replace(string(line), `"series":[`, `"series":[],"s":[`, 1), "chart curves: there is no series"},
	} {
		if _, err := ReadRecords("x.json", []byte(bad.text)); err == nil || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%.40q: %v, want %q", bad.text, err, bad.says)
		}
	}
}
