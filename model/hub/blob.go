package hub

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"argen/internal/filelock"
	"argen/model/paths"
)

// isWhole reports whether there is a file of the right size and, if hashes are to
// be computed, of the right hash.
func (p *Puller) isWhole(ctx context.Context, path string, f *File) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != f.Size {
		return false, nil // whatever is there is replaced
	}
	if !p.Check {
		return true, nil
	}
	in, err := os.Open(path)
	if err != nil {
		return false, paths.Clean(err)
	}
	defer in.Close()
	sum := f.hasher()
	if _, err := io.Copy(sum, &interruptible{ctx, in}); err != nil {
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		return false, nil
	}
	return hex.EncodeToString(sum.Sum(nil)) == f.Hash, nil
}

// getBlob sees to it that the blob of a file is there.
func (p *Puller) getBlob(ctx context.Context, c *client, r Ref, commit string, f *File) error {
	path := p.blob(r.Repo, f.Hash)
	if there, err := p.isWhole(ctx, path, f); there || err != nil {
		p.came(f.Size)
		return err
	}
	lock, err := p.lockBlob(ctx, r, f)
	if err != nil {
		return err
	}
	defer lock.Close()
	if there, err := p.isWhole(ctx, path, f); there || err != nil { // another process was at it
		p.came(f.Size)
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		p.note(fmt.Sprintf("%s is damaged on this machine; fetching it anew", paths.Short(f.Name)))
	}
	if f.Fetched, err = p.fill(ctx, c, r, commit, f); err != nil {
		return err
	}
	_ = os.Remove(path) // a damaged one, or a link to it, is not written through
	if err := os.Rename(p.part(r.Repo, f.Hash), path); err != nil {
		return paths.Clean(err)
	}
	return nil
}

// fill fetches the part of a blob whole, and returns how many bytes came.
func (p *Puller) fill(ctx context.Context, c *client, r Ref, commit string, f *File) (fetched int64, err error) {
	path := p.part(r.Repo, f.Hash)
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		if err := os.Remove(path); err != nil { // a link may lead anywhere
			return 0, paths.Clean(err)
		}
	}
	part, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return 0, unwritten(err)
	}
	defer func() {
		err = errors.Join(err, paths.Clean(part.Close()))
		if info, stat := os.Stat(path); err != nil && stat == nil && info.Size() == 0 {
			_ = os.Remove(path) // nothing to go on with
		}
	}()
	before := int64(-1)
	d := &download{c: c, r: r, commit: commit, f: f, part: part, came: func(n int64) {
		p.came(n)
		if before < 0 { // the first is what the part held
			before = n
			n = 0
		}
		fetched += max(n, 0)
	}}
	if err := d.fetch(ctx); err != nil {
		return fetched, err
	}
	return fetched, unwritten(part.Sync()) // the bytes come before the name
}

// lockBlob waits until no other process fetches a blob.
func (p *Puller) lockBlob(ctx context.Context, r Ref, f *File) (*os.File, error) {
	path := p.lock(r.Repo, f.Hash)
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(p.blob(r.Repo, f.Hash))} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, unwritten(err)
		}
	}
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, unwritten(err)
	}
	for said := false; !filelock.Try(lock); said = true {
		if !said {
			p.note(fmt.Sprintf("another process fetches %s; waiting for it", paths.Short(f.Name)))
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			lock.Close()
			return nil, err
		}
	}
	return lock, nil
}

// unwritten says what to do where the cache cannot be written.
func unwritten(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: HF_HUB_CACHE names a folder elsewhere; what was fetched is kept", paths.Clean(err))
	case errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: HF_HUB_CACHE names a folder that you may write to", paths.Clean(err))
	}
	return paths.Clean(err)
}
