package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
)

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

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
