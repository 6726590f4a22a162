package main

import (
	"math"

	"argen"
)

// A number is a float64 as JSON has it in a trace: the fewest digits that give
// the same number again; "inf", "-inf" and "nan" where JSON has no number.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) { return argen.AppendFloat(nil, float64(n)), nil }

// specials are the strings of numbers that JSON does not have.
var specials = map[string]float64{"-inf": math.Inf(-1), "inf": math.Inf(1), "nan": math.NaN()}
