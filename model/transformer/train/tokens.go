package train

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"argen"
	"argen/internal/safefile"
	"argen/internal/strict"
)

// Tokens are the ids of a text, in memory or on disk.
type Tokens interface {
	// Len is how many there are.
	Len() int
	// Read fills dst with those from number at on, all of which must be there.
	Read(dst []argen.ID, at int) error
	// Fingerprint identifies them.
	Fingerprint() string
}

// IDs are tokens in memory.
type IDs []argen.ID

// Len implements [Tokens].
func (t IDs) Len() int { return len(t) }

// Read implements [Tokens].
func (t IDs) Read(dst []argen.ID, at int) error {
	copy(dst, t[at:at+len(dst)])
	return nil
}

// Fingerprint implements [Tokens].
func (t IDs) Fingerprint() string { return fingerprint([][]argen.ID{t}) }

// A Stretch is a part of other tokens, From ≤ number < To.
type Stretch struct {
	Tokens
	From, To int
}

// Len implements [Tokens].
func (t Stretch) Len() int { return t.To - t.From }

// Read implements [Tokens].
func (t Stretch) Read(dst []argen.ID, at int) error { return t.Tokens.Read(dst, t.From+at) }

// Fingerprint implements [Tokens].
func (t Stretch) Fingerprint() string {
	return fmt.Sprintf("%s from %d to %d", t.Tokens.Fingerprint(), t.From, t.To)
}

// A file of tokens is, in this order, numbers little-endian:
//
//	magic      8 bytes, "argenids"
//	version    uint32
//	width      uint32, bytes of an id: 2 or 4
//	ids
//	checksum   SHA-256 of all before
const (
	tokensMagic   = "argenids"
	tokensVersion = 1
	tokensHead    = 16
)

// WriteTokens writes the ids of a text into a file, for [OpenTokens], whole or
// not at all. No id is vocab or more. An error of ids is returned as it is.
func WriteTokens(path string, vocab int, ids iter.Seq2[[]argen.ID, error]) error {
	return safefile.Write(path, func(w io.Writer) error { return writeTokens(w, vocab, ids) })
}

func writeTokens(w io.Writer, vocab int, ids iter.Seq2[[]argen.ID, error]) error {
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	width := 2
	if vocab > 1<<16 {
		width = 4
	}
	head := binary.LittleEndian.AppendUint32([]byte(tokensMagic), tokensVersion)
	if _, err := out.Write(binary.LittleEndian.AppendUint32(head, uint32(width))); err != nil {
		return err
	}
	var number [4]byte
	for some, err := range ids {
		if err != nil {
			return err
		}
		for _, id := range some {
			if id < 0 || int(id) >= vocab {
				return fmt.Errorf("id %d, the vocabulary has ids 0 to %d", id, vocab-1)
			}
			binary.LittleEndian.PutUint32(number[:], uint32(id))
			if _, err := out.Write(number[:width]); err != nil {
				return err
			}
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := w.Write(sum.Sum(nil))
	return err
}

// A TokenFile has tokens on disk, of which only what is asked for is read.
type TokenFile struct {
	file  *os.File
	width int
	count int
	sum   string
}

// OpenTokens opens what [WriteTokens] wrote. The whole file is read once, to
// find out whether it is what was written.
func OpenTokens(path string) (*TokenFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	t, err := readTokens(path, f)
	if err != nil {
		_ = f.Close() // read only
		return nil, err
	}
	return t, nil
}

func readTokens(path string, f *os.File) (*TokenFile, error) {
	wrong := func(field, format string, args ...any) error {
		return &strict.Error{File: path, Offset: -1, Field: field, Msg: fmt.Sprintf(format, args...)}
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var head [tokensHead]byte
	switch _, err := io.ReadFull(f, head[:]); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), err == nil && string(head[:8]) != tokensMagic:
		return nil, wrong("magic", "this is no file of tokens that argen wrote")
	case err != nil:
		return nil, err
	}
	if v := binary.LittleEndian.Uint32(head[8:]); v != tokensVersion {
		return nil, wrong("version", "it is %d, this program reads version %d", v, tokensVersion)
	}
	t := &TokenFile{file: f, width: int(binary.LittleEndian.Uint32(head[12:]))}
	size := info.Size() - tokensHead - sha256.Size
	if t.width != 2 && t.width != 4 || size < 0 || size%int64(t.width) != 0 {
		return nil, wrong("width", "an id takes %d bytes, all of them %d: the file is damaged or cut short", t.width, size)
	}
	t.count = int(size / int64(t.width))
	sum := sha256.New()
	sum.Write(head[:])
	if _, err := io.CopyN(sum, f, size); err != nil {
		return nil, err
	}
	var want [sha256.Size]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return nil, err
	}
	if got := sum.Sum(nil); string(got) != string(want[:]) {
		return nil, wrong("checksum", "the file is damaged or cut short")
	}
	t.sum = hex.EncodeToString(want[:8])
	return t, nil
}

// Close closes the file.
func (t *TokenFile) Close() error { return t.file.Close() }

// Len implements [Tokens].
func (t *TokenFile) Len() int { return t.count }

// Read implements [Tokens].
func (t *TokenFile) Read(dst []argen.ID, at int) error {
	raw := make([]byte, len(dst)*t.width)
	if _, err := t.file.ReadAt(raw, tokensHead+int64(at)*int64(t.width)); err != nil {
		return err
	}
	for i := range dst {
		if t.width == 2 {
			dst[i] = argen.ID(binary.LittleEndian.Uint16(raw[2*i:]))
		} else {
			dst[i] = argen.ID(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	}
	return nil
}

// Fingerprint implements [Tokens].
func (t *TokenFile) Fingerprint() string { return fmt.Sprintf("%d tokens %s", t.count, t.sum) }
