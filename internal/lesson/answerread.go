package lesson

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plain writes what a student typed in plain characters: word processors put
// other blanks, quotation marks and signs in the place of those that were typed.
// Raised digits become a power, ½ becomes 1/2.
func plain(s string) string {
	const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹"
	var b strings.Builder
	power := false // inside one
	for _, r := range s {
		digit := strings.IndexRune(raised, r)
		up := digit >= 0 || r == '⁻' || r == '⁺'
		if up && !power {
			b.WriteString("^(")
		} else if !up && power {
			b.WriteByte(')')
		}
		power = up
		switch {
		case digit >= 0:
			b.WriteByte('0' + byte(len([]rune(raised[:digit]))))
		case r == '⁻':
			b.WriteByte('-')
		case r == '⁺':
			b.WriteByte('+')
		case strings.ContainsRune("½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒", r):
			b.WriteString(" " + norm.NFKC.String(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	if power {
		b.WriteByte(')')
	}
	return strings.TrimSpace(plainly().Replace(norm.NFKC.String(b.String())))
}

// plainly replaces what NFKC leaves.
var plainly = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer(
		"\t", " ", "\u200b", "", "\ufeff", "", "\u00ad", "",
		"−", "-", "–", "-", "—", "-", "‐", "-", "‑", "-",
		"⁄", "/", "∕", "/", "÷", "/",
		"·", "*", "×", "*", "∙", "*", "⋅", "*", "•", "*",
		"“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‚", "'", "‘", "'", "’", "'", "‹", "'", "›", "'",
	)
})

// What stands around a number and is no part of it.
var (
	aboutNumber = compiled(`^(ca\.?|circa|about|approximately|etwa|rund|ungefähr|~)\s*`)
	unitNumber  = compiled(`\s*bits?\.?$`)
	percentWord = compiled(`\s*(percent|per cent|prozent)\.?$`)
	timesSign   = compiled(`([\d)])\s*x\s*([\d(])`)
	lostPower   = compiled(`\*\s*10\s*-\s*(\d+)$`) // a raised −3 that was pasted as plain text
	mixedNumber = compiled(`^(-?)\s*(\d+)\s+(\d+\s*/\s*\d+)$`)
	blankThree  = compiled(`(\d)[ '](\d{3})\b`)
	justDigits  = compiled(`^\d{1,3}([.,]\d{3})+$`)
	scientific  = compiled(`^e[+-]?\d+`)
)

// compiled is a pattern that is compiled when it is first used: hardly any run
// grades.
func compiled(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// longestNumber is how many bytes an answer that is a number may have.
const longestNumber = 200

// readNumber reads a number as people write it: 0.25, 0,25, .25, 25 %, 1/4, 1 1/2,
// 2.5e-3, 2,5·10⁻³, 2^-9, 1,234.5, 1.234,5 or 1 234,5, with the unit bits, and with
// its working before it, P = 3/12 = 0.25. A product, a sum or a quotient that is
// not worked out is the number too. A point or a comma that stands alone is the
// decimal one.
func readNumber(given string) (float64, error) {
	bad := fmt.Errorf("%q is no number", given)
	if len(given) > longestNumber {
		return 0, bad
	}
	s := strings.ToLower(plain(given))
	if at := strings.LastIndexAny(s, "=≈"); at >= 0 {
		_, width := utf8.DecodeRuneInString(s[at:])
		s = s[at+width:]
	}
	s = aboutNumber().ReplaceAllString(strings.TrimSpace(s), "")
	s = strings.TrimRight(s, ".,; ")
	s = percentWord().ReplaceAllString(unitNumber().ReplaceAllString(s, ""), "%")
	s = blankThree().ReplaceAllString(blankThree().ReplaceAllString(s, "$1$2"), "$1$2")
	s = mixedNumber().ReplaceAllString(s, "$1($2+$3)")
	s = timesSign().ReplaceAllString(timesSign().ReplaceAllString(s, "$1*$2"), "$1*$2")
	s = lostPower().ReplaceAllString(s, "*10^-$1")
	r := reckoner{rest: s}
	x, ok := r.sum()
	if !ok || r.rest != "" || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, bad
	}
	return x, nil
}

// A reckoner works an expression out, from left to right.
type reckoner struct{ rest string }

// take takes one of some signs, 0 if none stands there.
func (r *reckoner) take(signs string) byte {
	r.rest = strings.TrimLeft(r.rest, " ")
	if r.rest == "" || !strings.Contains(signs, r.rest[:1]) {
		return 0
	}
	sign := r.rest[0]
	r.rest = r.rest[1:]
	return sign
}

func (r *reckoner) sum() (float64, bool) {
	x, ok := r.product()
	for ok {
		switch sign := r.take("+-"); sign {
		case 0:
			return x, true
		default:
			var y float64
			if y, ok = r.product(); sign == '-' {
				y = -y
			}
			x += y
		}
	}
	return 0, false
}

func (r *reckoner) product() (float64, bool) {
	x, ok := r.power()
	for ok {
		sign := r.take("*/:")
		if sign == 0 {
			return x, true
		}
		var y float64
		if y, ok = r.power(); sign == '*' {
			x *= y
		} else {
			x /= y
		}
	}
	return 0, false
}

// power reads a sign, a number or something in brackets, its power and its %.
func (r *reckoner) power() (float64, bool) {
	if sign := r.take("+-"); sign != 0 {
		x, ok := r.power()
		if sign == '-' {
			x = -x
		}
		return x, ok
	}
	x, ok := r.number()
	if ok && r.take("^") != 0 {
		var y float64
		y, ok = r.power()
		x = math.Pow(x, y)
	}
	ok = ok && !math.IsInf(x, 0) && !math.IsNaN(x)
	for ok && r.take("%") != 0 {
		x /= 100
	}
	return x, ok
}

func (r *reckoner) number() (float64, bool) {
	if r.take("(") != 0 {
		x, ok := r.sum()
		return x, ok && r.take(")") != 0
	}
	n := len(r.rest) - len(strings.TrimLeft(r.rest, "0123456789.,"))
	digits, ok := decimalPoint(r.rest[:n])
	r.rest = r.rest[n:]
	if e := scientific().FindString(r.rest); e != "" {
		digits += e
		r.rest = r.rest[len(e):]
	}
	x, err := strconv.ParseFloat(digits, 64)
	return x, ok && err == nil
}

// decimalPoint is a number with a decimal point and without what separates
// thousands: where both signs stand, the last is the decimal one; the same one
// several times separates thousands.
func decimalPoint(s string) (string, bool) {
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	at := len(s) // where the decimals begin
	switch {
	case points+commas == 1 || points == 1 && commas > 1 || commas == 1 && points > 1 || points == 1 && commas == 1:
		at = strings.LastIndexAny(s, ".,")
	}
	whole, part := s[:at], strings.TrimLeft(s[at:], ".,")
	if strings.ContainsAny(whole, ".,") {
		if !justDigits().MatchString(whole) || strings.Contains(whole, ".") == strings.Contains(whole, ",") {
			return "", false
		}
		whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	}
	if strings.ContainsAny(part, ".,") {
		return "", false
	}
	return whole + "." + part, whole+part != ""
}
