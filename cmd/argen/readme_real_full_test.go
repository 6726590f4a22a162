//go:build full

package main

// withRealModel tells TestReadme to run the lines that take the real model.
const withRealModel = true
