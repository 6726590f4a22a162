package hub

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"argen"
)

// quote shows a text of a user or server in an error.
func quote(text string) string { return `"` + short(text) + `"` }

// short is a text as it can be shown, cut where it is very long.
func short(text string) string {
	const most = 200
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return argen.Visible(text)
}

// sizeText is a number of bytes for people: "1.5 GiB".
func sizeText(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d bytes", n)
	}
	x := float64(n)
	unit := 0
	for x >= 1023.5 && unit < 4 {
		x /= 1024
		unit++
	}
	return strconv.FormatFloat(x, 'g', 4, 64) + " " + []string{"", "KiB", "MiB", "GiB", "TiB"}[unit]
}

// clean makes the message of a system call one for people.
func clean(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return fmt.Errorf("%s: %w", short(path.Path), path.Err)
	case errors.As(err, &link):
		return fmt.Errorf("%s: %w", short(link.New), link.Err)
	}
	return err
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// readSmall reads a regular file of at most limit bytes.
func readSmall(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", quote(path))
	case info.Size() > limit:
		return nil, fmt.Errorf("%s is larger than %s, the most that is read of it", quote(path), sizeText(limit))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}
