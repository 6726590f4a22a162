package tui

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"argen"
	"argen/internal/safefile"
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
	m.save(m.o.TraceFile, "argen-trace.jsonl", buf.Bytes(), err)
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
	m.save(m.o.PictureFile, "argen-step.svg", Picture(m.Screen(), m.s.dark), nil)
	return nil
}

func (m *model) save(name, usual string, data []byte, err error) {
	if name == "" {
		name = usual
	}
	write := m.o.Save
	if write == nil {
		write = saveNew
	}
	if err == nil {
		name, err = write(name, data)
	}
	if err != nil {
		m.note = "not saved: " + err.Error()
		return
	}
	m.note = "saved: " + name
}

// saveNew writes a file that is not there yet: name, or name-2, name-3, …
func saveNew(name string, data []byte) (string, error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil {
			return name, err
		}
		if n > 9999 {
			return name, fmt.Errorf("%s-2%s to %s-9999%s are all there", stem, ext, stem, ext)
		}
		name = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
	return name, safefile.Write(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
