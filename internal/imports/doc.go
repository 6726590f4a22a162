// Package imports holds no code. Its tests keep what no compiler checks: which
// package may import which, why each dependency is there, and how the
// repository looks from outside.
package imports
