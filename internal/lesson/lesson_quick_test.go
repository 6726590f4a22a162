//go:build !full && !race

package lesson

// everyLanguage is whether long lessons are tested in every language.
const everyLanguage = false
