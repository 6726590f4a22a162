package tui

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"argen"
)

// saveTrace writes the trace of this branch.
func (m *model) saveTrace() tea.Cmd {
	b := m.cur()
	tr := &argen.Trace{Head: b.head, Steps: b.steps}
	if b.live == nil {
		tr = b.read
	}
	var buf bytes.Buffer
	err := tr.Replay(argen.NewJSONL(&buf))
	if err == nil && tr.Ended == nil {
		err = argen.NewJSONL(&buf).End(argen.End{Reason: reason(b.over), Tokens: len(b.steps), Text: tr.Text(), LogProb: tr.LogProb()})
	}
	m.save(m.o.TraceFile, "argen-trace.jsonl", buf.Bytes(), 0o600, err) // it holds the prompt
	return nil
}

// reason is why a text that can go on ends here.
func reason(over string) string {
	if over == "" {
		return argen.Interrupted
	}
	return over
}

// savePicture writes the screen as it is.
func (m *model) savePicture() tea.Cmd {
	m.save(m.o.PictureFile, "argen-step.svg", Picture(m.Screen(), m.s.dark), 0o644, nil)
	return nil
}

func (m *model) save(name, usual string, data []byte, mode fs.FileMode, err error) {
	if name == "" {
		name = usual
	}
	write := m.o.Save
	if write == nil {
		write = saveNew
	}
	if err == nil {
		name, err = write(name, data, mode)
	}
	if err != nil {
		m.note = "not saved: " + err.Error()
		return
	}
	m.note = "saved: " + name
}

// saveNew writes a file that is not there yet: name, or name-2, name-3, …
func saveNew(name string, data []byte, mode fs.FileMode) (string, error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 2; ; n++ {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		switch {
		case err == nil:
			_, err = f.Write(data)
			if err = errors.Join(err, f.Close()); err != nil {
				_ = os.Remove(name)
			}
			return name, err
		case !errors.Is(err, fs.ErrExist):
			return name, err
		case n > 9999:
			return name, fmt.Errorf("%s-2%s to %s-9999%s are all there", stem, ext, stem, ext)
		}
		name = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
}
