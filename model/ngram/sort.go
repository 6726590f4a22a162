package ngram

import (
	"runtime"
	"sync"
)

// A key is a window of tokens packed into 64-bit words, the most significant
// first, so that keys sort as the windows do. Each token takes b bits and is
// stored as id+1; zeros fill a window that the end of a sentence cut short.
type key interface {
	[1]uint64 | [2]uint64 | [3]uint64 | [4]uint64 | [8]uint64
}

const (
	digit   = 11 // bits of a radix sort's digit
	buckets = 1 << digit
)

// push returns k with one more token in front; top = (order-1)·b is where the
// first token stands.
func push[K key](k K, id uint32, b, top uint) K {
	for j := len(k) - 1; j > 0; j-- {
		k[j] = k[j]>>b | k[j-1]<<(64-b)
	}
	k[0] >>= b
	return put(k, uint64(id)+1, top)
}

// put sets the bits of v at bit position at, counted from the least
// significant; they must be zero before.
func put[K key](k K, v uint64, at uint) K {
	j := len(k) - 1 - int(at/64)
	k[j] |= v << (at % 64)
	if over := v >> (64 - at%64); over != 0 { // a shift by 64 gives 0
		k[j-1] |= over
	}
	return k
}

// get reads b bits at bit position at.
func get[K key](k K, at, b uint) uint64 {
	j := len(k) - 1 - int(at/64)
	v := k[j] >> (at % 64)
	if at%64+b > 64 {
		v |= k[j-1] << (64 - at%64)
	}
	return v & (1<<b - 1)
}

// sortKeys sorts a, whose keys use the given number of low bits, with tmp, of
// the same length, as work space.
//
// One pass splits the keys by their leading digit; the parts are then sorted
// side by side, least significant digit first.
func sortKeys[K key](a, tmp []K, used uint) {
	lead := uint(0)
	if used > digit {
		lead = used - digit
	}
	var start [buckets + 1]int
	for i := range a {
		start[get(a[i], lead, digit)+1]++
	}
	for i := range buckets {
		start[i+1] += start[i]
	}
	at := start
	for i := range a {
		d := get(a[i], lead, digit)
		tmp[at[d]] = a[i]
		at[d]++
	}
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	from := 0
	for w := range workers {
		to := from
		for to < buckets && (start[to] < len(a)*(w+1)/workers || w == workers-1) {
			to++
		}
		lo, hi := start[from], start[to]
		wg.Go(func() { radix(tmp[lo:hi], a[lo:hi], used) })
		from = to
	}
	wg.Wait()
}

// radix sorts src into dst, both of the same length; src is work space.
func radix[K key](src, dst []K, used uint) {
	out := dst
	for j := len(*new(K)) - 1; used > 0; j-- {
		inWord := min(used, 64)
		for shift := uint(0); shift < inWord; shift += digit {
			if scatter(src, dst, j, shift) {
				src, dst = dst, src
			}
		}
		used -= inWord
	}
	if len(out) > 0 && &src[0] != &out[0] {
		copy(out, src)
	}
}

// scatter moves src to dst in the order of one digit, that of word j at the
// given shift, and keeps the order of equal digits. It does nothing and
// reports false if all keys have the same digit.
func scatter[K key](src, dst []K, j int, shift uint) bool {
	var at [buckets]int
	for i := range src {
		at[src[i][j]>>shift%buckets]++
	}
	sum := 0
	for d, n := range at {
		if n == len(src) {
			return false
		}
		at[d] = sum
		sum += n
	}
	for i := range src {
		d := src[i][j] >> shift % buckets
		dst[at[d]] = src[i]
		at[d]++
	}
	return true
}

// keyWords is the size of the smallest key that holds the given bits.
func keyWords(used uint) int {
	switch w := int(used+63) / 64; {
	case w <= 4:
		return w
	default:
		return 8
	}
}
