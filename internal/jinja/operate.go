package jinja

import (
	"math"
	"strings"
)

// number is a value to reckon with: a boolean is 0 or 1.
func (in *interp) number(v any) any {
	switch v := v.(type) {
	case int64, float64:
		return v
	case bool:
		return intOf(v)
	}
	in.fail("%s is no number", kind(v))
	return nil
}

func isNumber(v any) bool {
	switch v.(type) {
	case int64, float64, bool:
		return true
	}
	return false
}

func float(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// arithmetic computes a op b.
func (in *interp) arithmetic(op string, a, b any) any {
	if op == "~" {
		x, y := in.text(a), in.text(b)
		in.grow(len(x) + len(y))
		return x + y
	}
	if isNumber(a) && isNumber(b) {
		a, b = in.number(a), in.number(b)
		x, whole := a.(int64)
		y, both := b.(int64)
		if whole && both {
			return in.integer(op, x, y)
		}
		return in.real(op, float(a), float(b))
	}
	switch x := a.(type) {
	case string:
		if op == "%" {
			if l, ok := b.(*List); ok && l.tuple {
				return in.percent(x, l.items)
			}
			return in.percent(x, []any{b})
		}
		switch y := b.(type) {
		case string:
			if op == "+" {
				in.grow(len(x) + len(y))
				return x + y
			}
		case int64:
			if op == "*" {
				return in.repeat(x, y)
			}
		}
	case *List:
		switch y := b.(type) {
		case *List:
			if op == "+" && x.tuple == y.tuple {
				in.spend(len(x.items) + len(y.items))
				return &List{items: append(append([]any{}, x.items...), y.items...), tuple: x.tuple}
			}
		case int64:
			if op == "*" {
				l := &List{tuple: x.tuple}
				for range max(y, 0) {
					in.spend(1 + len(x.items))
					l.items = append(l.items, x.items...)
				}
				return l
			}
		}
	case int64:
		if _, ok := b.(int64); !ok && op == "*" {
			return in.arithmetic(op, b, a)
		}
	}
	in.fail("%s %s %s: there is no such operation", kind(a), op, kind(b))
	return nil
}

// repeat is x times n.
func (in *interp) repeat(x string, n int64) string {
	if n <= 0 || x == "" {
		return ""
	}
	if n > int64(in.most) {
		in.grow(-1)
	}
	in.grow(len(x) * int(n))
	return strings.Repeat(x, int(n))
}

// integer computes with whole numbers of 64 bits.
func (in *interp) integer(op string, x, y int64) any {
	z, ok := int64(0), true
	switch op {
	case "+":
		z = x + y
		ok = (z > x) == (y > 0)
	case "-":
		z = x - y
		ok = (z < x) == (y > 0)
	case "*":
		z = x * y
		ok = x == 0 || z/x == y && !(x == -1 && y == math.MinInt64)
	case "/", "//", "%":
		if y == 0 {
			in.fail("division by zero")
		}
		if op == "/" {
			return float64(x) / float64(y)
		}
		z = x / y
		if x%y != 0 && (x < 0) != (y < 0) {
			z-- // towards minus infinity
		}
		if op == "%" {
			z = x - z*y
		}
	case "**":
		if y < 0 {
			return in.real(op, float64(x), float64(y))
		}
		z = 1
		for range y {
			in.spend(1)
			z = in.integer("*", z, x).(int64)
			if z == 0 || z == 1 && x == 1 {
				break
			}
		}
	}
	if !ok {
		in.fail("%d %s %d is beyond 64 bits", x, op, y)
	}
	return z
}

func (in *interp) real(op string, x, y float64) any {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "**":
		return math.Pow(x, y)
	}
	if y == 0 {
		in.fail("division by zero")
	}
	switch op {
	case "//":
		return math.Floor(x / y)
	case "%":
		return x - y*math.Floor(x/y)
	}
	return x / y
}

// equal is Python's ==.
func (in *interp) equal(a, b any) bool {
	in.spend(1)
	if isNumber(a) && isNumber(b) {
		x, y := in.number(a), in.number(b)
		if _, ok := x.(int64); ok {
			if _, ok := y.(int64); ok {
				return x == y
			}
		}
		return float(x) == float(y)
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case undefined:
		_, ok := b.(undefined)
		return ok
	case string:
		y, ok := b.(string)
		in.spend(len(x) / 64)
		return ok && x == y
	case *List:
		y, ok := b.(*List)
		if !ok || x.tuple != y.tuple || len(x.items) != len(y.items) {
			return false
		}
		defer in.deeper()()
		for i := range x.items {
			if !in.equal(x.items[i], y.items[i]) {
				return false
			}
		}
		return true
	case *Dict:
		y, ok := b.(*Dict)
		if !ok || len(x.keys) != len(y.keys) {
			return false
		}
		defer in.deeper()()
		for _, k := range x.keys {
			if v, ok := y.find(k); !ok || !in.equal(x.at[k], v) {
				return false
			}
		}
		return true
	}
	return a == b // functions and namespaces: the same one
}

// compare computes left op right.
func (in *interp) compare(op string, left, right any) bool {
	switch op {
	case "==":
		return in.equal(left, right)
	case "!=":
		return !in.equal(left, right)
	case "in":
		return in.contains(right, left)
	case "not in":
		return !in.contains(right, left)
	}
	order := in.order(left, right)
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// order is negative if a comes before b, 0 if they are equal.
func (in *interp) order(a, b any) int {
	in.spend(1)
	if isNumber(a) && isNumber(b) {
		a, b = in.number(a), in.number(b)
		x, whole := a.(int64)
		y, both := b.(int64)
		switch {
		case whole && both && x < y, !(whole && both) && float(a) < float(b):
			return -1
		case whole && both && x == y, !(whole && both) && float(a) == float(b):
			return 0
		}
		return 1
	}
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return strings.Compare(in.read(x), in.read(y))
		}
	}
	if x, ok := a.(*List); ok {
		if y, ok := b.(*List); ok && x.tuple == y.tuple {
			defer in.deeper()()
			for i := range min(len(x.items), len(y.items)) {
				if !in.equal(x.items[i], y.items[i]) {
					return in.order(x.items[i], y.items[i])
				}
			}
			return len(x.items) - len(y.items)
		}
	}
	in.fail("%s and %s have no order", kind(a), kind(b))
	return 0
}

func (in *interp) contains(container, v any) bool {
	switch c := container.(type) {
	case undefined:
		return false
	case string:
		part, ok := v.(string)
		if !ok {
			in.fail("%s cannot be in a string", kind(v))
		}
		in.spend(len(c) / 64)
		return strings.Contains(c, part)
	case *List:
		for _, x := range c.items {
			if in.equal(x, v) {
				return true
			}
		}
		return false
	case *Dict:
		_, ok := c.find(in.key(v))
		return ok
	}
	in.fail("%s has no elements", kind(container))
	return false
}
