package safefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// text is a write function that writes s in small pieces.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		for i := range len(s) {
			if _, err := io.WriteString(w, s[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
}

// holds checks that the folder holds the named files and no others, a
// temporary one for instance.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[e.Name()] = string(data)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
}

func put(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	big := strings.Repeat("0123456789", 20000) // more than the buffer
	for _, content := range []string{"first", "", big, "last"} {
		if err := Write(path, text(content)); err != nil {
			t.Fatal(err)
		}
		holds(t, dir, map[string]string{"f": content})
	}
}

func TestMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("windows has no modes but read-only")
		return
	}
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "made"))
	if err != nil {
		t.Fatal(err)
	}
	made, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	// A new file has the mode that os.Create gives, an old one keeps its own.
	for name, want := range map[string]fs.FileMode{"new": made.Mode(), "a": 0o644, "b": 0o600, "c": 0o755, "d": 0o200} {
		path := filepath.Join(dir, name)
		if name != "new" {
			put(t, path, "old", want)
		}
		if err := Write(path, text("new")); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, want %v, %v", name, info.Mode(), want, err)
		}
	}
}

func TestWriterFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	fault := errors.New("no more to say")
	half := func(w io.Writer) error {
		if err := text(strings.Repeat("x", 100000))(w); err != nil {
			return err
		}
		return fault
	}
	if err := Write(path, half); err != fault {
		t.Errorf("the error is %v, want the writer's own", err)
	}
	holds(t, dir, nil)
	put(t, path, "old", 0o644)
	if err := Write(path, half); err != fault {
		t.Errorf("the error is %v, want the writer's own", err)
	}
	holds(t, dir, map[string]string{"f": "old"})

	func() {
		defer func() {
			if recover() == nil {
				t.Error("the writer's panic is lost")
			}
		}()
		_ = Write(path, func(io.Writer) error { panic("half way") })
	}()
	holds(t, dir, map[string]string{"f": "old"})
}

// broken is a system whose n-th call fails. A write that fails has written half.
type broken struct{ left int }

func (b *broken) fails() error {
	if b.left--; b.left == -1 {
		return syscall.ENOSPC
	}
	return nil
}

func (b *broken) system() system {
	return system{
		open: func(path string, flag int, mode fs.FileMode) (file, error) {
			if err := b.fails(); err != nil {
				return nil, &fs.PathError{Op: "open", Path: path, Err: err}
			}
			f, err := disk.open(path, flag, mode)
			return brokenFile{f, b}, err
		},
		replace: func(source, destination string) error {
			if err := b.fails(); err != nil {
				return &os.LinkError{Op: "rename", Old: source, New: destination, Err: err}
			}
			return disk.replace(source, destination)
		},
	}
}

type brokenFile struct {
	file
	b *broken
}

func (f brokenFile) Write(p []byte) (int, error) {
	if err := f.b.fails(); err != nil {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, err
	}
	return f.file.Write(p)
}

func (f brokenFile) Chmod(mode fs.FileMode) error {
	if err := f.b.fails(); err != nil {
		return err
	}
	return f.file.Chmod(mode)
}

func (f brokenFile) Sync() error {
	if err := f.b.fails(); err != nil {
		return err
	}
	return f.file.Sync()
}

func (f brokenFile) Close() error {
	return errors.Join(f.b.fails(), f.file.Close())
}

// Whichever call fails, the old file stays and nothing else is left.
func TestEveryCallFails(t *testing.T) {
	content := strings.Repeat("new", 50000) // three writes
	for _, old := range []map[string]string{nil, {"f": "old"}} {
		calls := 0
		for n := 0; ; n++ {
			dir := t.TempDir()
			path := filepath.Join(dir, "f")
			if old != nil {
				put(t, path, old["f"], 0o644)
			}
			b := &broken{left: n}
			err := b.system().write(path, text(content))
			if b.left >= 0 { // n calls and none failed
				if err != nil {
					t.Fatal(err)
				}
				holds(t, dir, map[string]string{"f": content})
				calls = n
				break
			}
			if want := path + " is not written: no space left on device"; runtime.GOOS != "windows" && (err == nil || err.Error() != want) {
				t.Errorf("call %d fails: %v, want %s", n, err, want)
			}
			if !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("call %d fails: %v is not ENOSPC", n, err)
			}
			holds(t, dir, old)
		}
		if calls < 7 {
			t.Errorf("only %d calls were made to fail", calls)
		}
	}
}

func TestPlacesThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "f"), "old", 0o644)
	put(t, filepath.Join(dir, "locked"), "old", 0o444)
	never := func(io.Writer) error {
		t.Error("the writer is called")
		return nil
	}
	for path, want := range map[string]string{
		dir:                                  " is a folder: name a file in it",
		filepath.Join(dir, "none", "f"):      " is not written: there is no folder " + filepath.Join(dir, "none"),
		filepath.Join(dir, "locked"):         " is write-protected: choose another name or make it writable",
		filepath.Join(dir, "f", "g"):         "",
		filepath.Join(dir, "nul\x00in name"): "",
	} {
		if err := Write(path, never); err == nil || !strings.HasPrefix(err.Error(), path) || want != "" && err.Error() != path+want {
			t.Errorf("%q: %v, want ...%s", path, err, want)
		}
	}
	holds(t, dir, map[string]string{"f": "old", "locked": "old"})

	// A folder that may not be written: root may, so the system says it.
	denied := system{open: func(path string, _ int, _ fs.FileMode) (file, error) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}}
	path := filepath.Join(dir, "f")
	if err := denied.write(path, never); err == nil || err.Error() != path+" is not written: permission denied" {
		t.Errorf("a folder that may not be written: %v", err)
	}
}

func TestLinkIsFollowed(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	target, link := filepath.Join(other, "target"), filepath.Join(dir, "link")
	put(t, target, "old", 0o644)
	if err := os.Symlink(target, link); err != nil {
		t.Log("no links here: ", err)
		return
	}
	if err := Write(link, text("new")); err != nil {
		t.Fatal(err)
	}
	holds(t, other, map[string]string{"target": "new"})
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
}

func TestDeviceIsWrittenStraight(t *testing.T) {
	if err := Write(os.DevNull, text("gone")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("the null device is now %v, %v", info, err)
	}
	for n := range 3 { // open, write, close
		b := &broken{left: n}
		if err := b.system().write(os.DevNull, text("gone")); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("call %d fails: %v", n, err)
		}
	}
}

func TestReadersSeeOldOrNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	contents := []string{strings.Repeat("a", 100000), strings.Repeat("b", 70000)}
	if err := Write(path, text(contents[0])); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 10 {
				if err := Write(path, text(contents[i%2])); err != nil && runtime.GOOS != "windows" {
					t.Error(err)
				}
			}
		})
	}
	for range 100 {
		if data, err := os.ReadFile(path); err == nil && string(data) != contents[0] && string(data) != contents[1] {
			t.Fatalf("a reader sees %d bytes that are neither", len(data))
		}
	}
	wg.Wait()
}

func TestTidy(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{".argen-0123456789abcdef.tmp", ".argen-ffffffffffffffff.tmp", ".argen-1.tmp", "x.tmp", "argen-0123456789abcdef.tmp", ".argen-0123456789abcdef.tmp.old"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Tidy(folder); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got, want := strings.Join(names, " "), ".argen-0123456789abcdef.tmp.old .argen-1.tmp argen-0123456789abcdef.tmp x.tmp"; got != want {
		t.Errorf("%s is left, want %s", got, want)
	}
	if err := Tidy(filepath.Join(folder, "none")); err == nil {
		t.Error("a folder that is not there is tidy")
	}
}
