package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"argen/model/paths"
)

// hasher returns what computes the hash of a file: SHA-256, or what git does,
// SHA-1 of "blob SIZE\0" and the bytes.
func (f *File) hasher() hash.Hash {
	if len(f.Hash) == sha256Digits {
		return sha256.New()
	}
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", f.Size)
	return h
}

// errChanged says that what came does not have the size or the hash that it
// should.
var errChanged = errors.New("is not what the hub says it is")

// A download is the fetching of a blob.
type download struct {
	c      *client
	r      Ref
	commit string
	f      *File
	part   *os.File
	sum    hash.Hash // of what the part holds
	have   int64     // its length
	etag   string    // of the answer that it came with, "" if that has none to be relied on
	pieces int       // that the part was put together of
	whole  bool      // answers to ranges are wrong
	came   func(n int64)
}

// fetch brings the bytes of a file into its part, which may have some of them
// already. Came is told how many more there are, less than none if the part is
// begun anew. The part is whole and its hash right if there is no error.
func (d *download) fetch(ctx context.Context) error {
	if err := d.resume(ctx); err != nil {
		return err
	}
	for {
		err := d.c.again(ctx, func() (bool, error) {
			before := d.have
			err := d.try(ctx)
			return d.have-before >= 1<<16, err
		})
		if err == nil {
			err = d.check()
		}
		if !errors.Is(err, errChanged) {
			return err
		}
		put := d.pieces > 1
		if reset := d.restart(); reset != nil {
			return reset
		}
		if !put || d.whole {
			return fmt.Errorf("%s: %w", paths.Short(d.f.Name), err)
		}
		d.whole = true // the pieces may be of different files: once more in one
		d.c.note(fmt.Sprintf("%s: %v; fetching it anew", paths.Short(d.f.Name), err))
	}
}

// resume takes what a part holds from before.
func (d *download) resume(ctx context.Context) error {
	info, err := d.part.Stat()
	if err != nil {
		return paths.Clean(err)
	}
	if info.Size() > d.f.Size {
		return d.restart()
	}
	d.sum = d.f.hasher()
	n, err := io.Copy(d.sum, &interruptible{ctx, io.LimitReader(d.part, info.Size())})
	d.have = n
	if n > 0 {
		d.pieces = 2 // or more, who knows
	}
	d.came(n)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return paths.Clean(err)
}

// restart empties the part.
func (d *download) restart() error {
	d.came(-d.have)
	d.have, d.etag, d.pieces, d.sum = 0, "", 0, d.f.hasher()
	return paths.Clean(d.part.Truncate(0))
}

// check compares the part with what it should be.
func (d *download) check() error {
	if got := hex.EncodeToString(d.sum.Sum(nil)); got != d.f.Hash {
		return fmt.Errorf("%w: its hash is %s, not %s", errChanged, got, d.f.Hash)
	}
	return nil
}

// try fetches what is missing, as far as it comes.
func (d *download) try(ctx context.Context) error {
	if d.have == d.f.Size {
		return nil
	}
	if d.whole && d.have > 0 {
		if err := d.restart(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	header := http.Header{"Accept-Encoding": {"identity"}} // the hash is of the file as it is
	if d.have > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", d.have))
		if d.etag != "" {
			header.Set("If-Range", d.etag)
		}
	}
	resp, err := d.c.ask(ctx, http.MethodGet, d.c.address(d.r, d.commit, d.f.Name), header, false)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := d.begin(resp); err != nil {
		return err
	}
	return d.copy(ctx, cancel, resp)
}

// begin looks at the head of an answer: is it the file, and from where on?
func (d *download) begin(resp *answer) error {
	if resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && d.have > 0 {
		return errors.Join(transient{fmt.Errorf("%s has not the rest of %s", paths.Quote(resp.Request.URL.Host), paths.Short(d.f.Name)), 0}, d.restart())
	}
	if err := d.c.refused(d.r, resp); err != nil {
		return fmt.Errorf("%s: %w", paths.Short(d.f.Name), err)
	}
	if err := saidCommit(resp, d.commit); err != nil {
		return fmt.Errorf("%s: %w", paths.Short(d.f.Name), err)
	}
	if said := bare(resp.said.Get("X-Linked-Etag")); said != "" && said != d.f.Hash {
		return fmt.Errorf("%s: the hub gives it the hash %s now, not %s: pull once more", paths.Short(d.f.Name), paths.Quote(said), d.f.Hash)
	}
	if packed := resp.Header.Get("Content-Encoding"); packed != "" && packed != "identity" {
		return fmt.Errorf("%s: %s sends it packed (%s), though it was asked not to", paths.Short(d.f.Name), paths.Quote(resp.Request.URL.Host), paths.Quote(packed))
	}
	if d.have > 0 {
		from, total := contentRange(resp)
		if from == 0 || resp.StatusCode != http.StatusPartialContent {
			d.c.note(fmt.Sprintf("%s: the server gives the whole only; fetching it anew", paths.Short(d.f.Name)))
			if err := d.restart(); err != nil {
				return err
			}
		} else if from != d.have || total >= 0 && total != d.f.Size {
			d.whole = true
			return errors.Join(transient{fmt.Errorf("%s sends another piece of %s than it was asked for", paths.Quote(resp.Request.URL.Host), paths.Short(d.f.Name)), 0}, d.restart())
		}
	}
	if n := resp.ContentLength; n >= 0 && n != d.f.Size-d.have {
		return fmt.Errorf("%w: %s sends %d bytes, where %d are missing", errChanged, paths.Quote(resp.Request.URL.Host), n, d.f.Size-d.have)
	}
	d.pieces++
	d.etag = resp.Header.Get("Etag")
	if strings.HasPrefix(d.etag, "W/") {
		d.etag = "" // which does not promise the same bytes
	}
	return nil
}

// contentRange reads where in a file an answer begins, and how large the file
// is; −1 where it does not say.
func contentRange(resp *answer) (from, total int64) {
	text, ok := strings.CutPrefix(resp.Header.Get("Content-Range"), "bytes ")
	first, rest, dash := strings.Cut(text, "-")
	_, size, slash := strings.Cut(rest, "/")
	from, err := strconv.ParseInt(first, 10, 64)
	if !ok || !dash || !slash || err != nil {
		return -1, -1
	}
	if total, err = strconv.ParseInt(size, 10, 64); err != nil {
		total = -1
	}
	return from, total
}

// leastRate is how many bytes must come in Config.Patience.
const leastRate = 4 << 10

// copy puts the body of an answer behind what the part has. A connection that
// brings next to nothing for too long counts as lost.
func (d *download) copy(ctx context.Context, cancel context.CancelCauseFunc, resp *answer) error {
	host := paths.Quote(resp.Request.URL.Host)
	stalled := transient{fmt.Errorf("%s has stopped sending", host), 0}
	watch := time.AfterFunc(d.c.Patience, func() { cancel(stalled) })
	defer watch.Stop()
	buf := make([]byte, 1<<18)
	since := 0
	for {
		n, err := resp.Body.Read(buf)
		if d.have+int64(n) > d.f.Size {
			return fmt.Errorf("%w: %s sends more than its %d bytes", errChanged, host, d.f.Size)
		}
		if n > 0 {
			if _, err := d.part.WriteAt(buf[:n], d.have); err != nil {
				return unwritten(err)
			}
			d.sum.Write(buf[:n])
			d.have += int64(n)
			d.came(int64(n))
			if since += n; since >= leastRate {
				since = 0
				watch.Reset(d.c.Patience)
			}
		}
		switch {
		case err == io.EOF && d.have == d.f.Size:
			return nil
		case err == io.EOF:
			return transient{fmt.Errorf("%s ends %s after %d of %d bytes", host, paths.Short(d.f.Name), d.have, d.f.Size), 0}
		case err != nil:
			return lost(ctx, resp.Request.URL, err)
		}
	}
}

// interruptible is a reader that ends with its context.
type interruptible struct {
	ctx context.Context
	io.Reader
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
