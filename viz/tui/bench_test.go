package tui

import "testing"

// BenchmarkScreen is one picture of the screen; at 20 tokens a second it has
// 50 ms.
func BenchmarkScreen(b *testing.B) {
	d := drive(b, truth(b, chain), "It was a", Options{}).size(120, 40).tokens(100).keys(".", ".")
	for b.Loop() {
		d.m.Screen()
	}
}
