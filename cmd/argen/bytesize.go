package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A byteSize is a flag's number of bytes: 4096, 500M, 1.5G. K, M, G and T are
// powers of 1024; KiB and KB mean the same.
type byteSize int64

// String implements pflag.Value.
func (s *byteSize) String() string { return sizeText(int64(*s)) }

// Type implements pflag.Value.
func (*byteSize) Type() string { return "SIZE" }

// Set implements pflag.Value.
func (s *byteSize) Set(text string) error {
	number := strings.ToUpper(strings.TrimSpace(text))
	number = strings.TrimSuffix(strings.TrimSuffix(number, "B"), "I")
	shift := 0
	if n := len(number); n > 0 {
		if i := strings.IndexByte("KMGT", number[n-1]); i >= 0 {
			shift, number = 10*(i+1), strings.TrimSpace(number[:n-1])
		}
	}
	x, err := strconv.ParseFloat(number, 64)
	x = math.Ldexp(x, shift)
	if err != nil || strings.ContainsAny(number, "XP_N") || !(x >= 0 && x < 1<<60) {
		return fmt.Errorf("a size is a number of bytes such as 4096, 500M or 1.5G")
	}
	*s = byteSize(x)
	return nil
}

// sizeText is a number of bytes for people: "1.5 GiB".
func sizeText(n int64) string {
	if n < 1024 {
		return count(int(n), "byte")
	}
	x := float64(n)
	unit := 0
	for x >= 1023.5 && unit < 4 {
		x /= 1024
		unit++
	}
	return strconv.FormatFloat(x, 'g', 4, 64) + " " + []string{"", "KiB", "MiB", "GiB", "TiB"}[unit]
}
