//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import "testing"

// Two trainings in one folder would remove each other's files.
func TestTrainingLocksItsFolder(t *testing.T) {
	session := func() *trainingSession {
		return &trainingSession{t: &transformerTraining{resume: "x"}, r: &recipe{out: "x"}}
	}
	t.Chdir(t.TempDir())
	first, second := session(), session()
	if err := first.begin(); err != nil {
		t.Fatal(err)
	}
	const want = "another training is going on in x: wait for its end, or train in another folder"
	if err := second.begin(); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if err := first.close(); err != nil {
		t.Error(err)
	}
	if err := second.close(); err != nil {
		t.Error(err)
	}
	third := session()
	if err := third.begin(); err != nil {
		t.Error(err)
	}
	if err := third.close(); err != nil {
		t.Error(err)
	}
}
