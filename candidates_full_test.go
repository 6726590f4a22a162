//go:build full

package argen

import "testing"

func TestLogSumExpOfMany(t *testing.T) { checkLogSumExp(t, 100_000) }
