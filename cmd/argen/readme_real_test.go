//go:build !full

package main

// withRealModel tells TestReadme to leave the lines alone that take the real
// model, which quick tests do without.
const withRealModel = false
