package hub

import (
	"context"
	"fmt"
	"os"
	"time"

	"argen/model/paths"
)

// A Puller fetches models.
type Puller struct {
	Config
	Check bool // compute the hashes of files that are there already, and replace damaged ones

	// Accept, if there is one, is given config.json before anything large is
	// fetched. Its error ends the pull.
	Accept func(config []byte) error
	// Progress, if there is one, is told how many bytes of how many are there.
	Progress func(done, total int64)
	// Note, if there is one, is told why it takes longer.
	Note func(text string)

	done, total int64
	symlink     func(target, name string) error            // nil: os.Symlink
	pause       func(context.Context, time.Duration) error // nil: sleep
}

// A Pulled model is in the cache.
type Pulled struct {
	Ref    Ref
	Commit string
	Path   string // what to open
	Files  []File
}

// Bytes returns how many bytes the files hold, and how many of them came now.
func (p *Pulled) Bytes() (all, fetched int64) {
	for _, f := range p.Files {
		all += f.Size
		fetched += f.Fetched
	}
	return all, fetched
}

// Pull fetches what is missing of a model and returns where it is. If that
// fails, what has come is kept, and the next Pull goes on with it.
func (p *Puller) Pull(ctx context.Context, r Ref) (*Pulled, error) {
	if p.Offline {
		return p.offline(r)
	}
	c, err := p.client()
	if err != nil {
		return nil, err
	}
	defer c.http.CloseIdleConnections()
	pulled, want, all, err := p.plan(ctx, c, r)
	if err != nil {
		return nil, err
	}
	if err := p.tag(); err != nil {
		return nil, err
	}
	if err := p.accept(ctx, c, pulled); err != nil {
		return nil, err
	}
	if want.index != "" {
		if err := p.shards(ctx, c, pulled, &want, all); err != nil {
			return nil, err
		}
	}
	if err := p.fits(pulled); err != nil {
		return nil, err
	}
	p.done, p.total = 0, 0
	for _, f := range pulled.Files {
		p.total += f.Size
	}
	for i := range pulled.Files {
		f := &pulled.Files[i]
		if err := p.get(ctx, c, pulled, f); err != nil {
			return nil, err
		}
	}
	for i := range pulled.Files {
		f := &pulled.Files[i]
		if !p.inBlobs(r, f) {
			continue
		}
		if err := p.place(r, pulled.Commit, f); err != nil {
			return nil, err
		}
	}
	return pulled, p.name(r, pulled.Commit)
}

// Plan returns what a [Puller.Pull] would fetch: Fetched of a file is what of it
// is missing. Of a model that is cut into shards whose index is not here they are
// not known; then more is true.
func (p *Puller) Plan(ctx context.Context, r Ref) (plan *Pulled, more bool, err error) {
	if p.Offline {
		return nil, false, fmt.Errorf("HF_HUB_OFFLINE is set, so nothing is asked and nothing fetched")
	}
	c, err := p.client()
	if err != nil {
		return nil, false, err
	}
	defer c.http.CloseIdleConnections()
	plan, want, all, err := p.plan(ctx, c, r)
	if err != nil {
		return nil, false, err
	}
	if want.index != "" {
		index, err := p.read(plan, find(plan.Files, want.index), maxIndex)
		if err != nil || want.addShards(index, all) != nil {
			more = true
		} else if err := p.complete(ctx, c, plan, want.files); err != nil {
			return nil, false, err
		}
	}
	for i := range plan.Files {
		f := &plan.Files[i]
		f.Fetched = f.Size - p.have(r, plan.Commit, f)
	}
	return plan, more, nil
}

// plan asks which files the model has.
func (p *Puller) plan(ctx context.Context, c *client, r Ref) (pulled *Pulled, want choice, all []File, err error) {
	commit, all, err := c.info(ctx, r)
	if err != nil {
		return nil, want, nil, err
	}
	if want, err = choose(r, all); err != nil {
		return nil, want, nil, fmt.Errorf("%s: %w", r, err)
	}
	pulled = &Pulled{Ref: r, Commit: commit, Path: p.pointer(r.Repo, commit, want.open)}
	return pulled, want, all, p.complete(ctx, c, pulled, want.files)
}

// client returns what asks the hub.
func (p *Puller) client() (*client, error) {
	c, err := newClient(p.Config, p.note)
	if err == nil && p.pause != nil {
		c.sleep = p.pause
	}
	return c, err
}

// complete makes files those of the model, once each has a name that can be
// used, a size and a hash.
func (p *Puller) complete(ctx context.Context, c *client, pulled *Pulled, files []File) error {
	for i := len(pulled.Files); i < len(files); i++ {
		f := files[i]
		if err := checkName(f.Name); err != nil {
			return fmt.Errorf("%s: the hub has a file %s, whose name %w: it is not fetched", pulled.Ref, paths.Quote(f.Name), err)
		}
		if f.Size == unknownSize || f.Hash == "" {
			if err := c.head(ctx, pulled.Ref, pulled.Commit, &f); err != nil {
				return fmt.Errorf("%s: %w", pulled.Ref, err)
			}
		}
		pulled.Files = append(pulled.Files, f)
	}
	return nil
}

// accept asks whether the model is wanted, if it has a configuration.
func (p *Puller) accept(ctx context.Context, c *client, pulled *Pulled) error {
	f := find(pulled.Files, configFile)
	if p.Accept == nil || f == nil || f.Size > maxConfig {
		return nil
	}
	p.total = f.Size
	if err := p.get(ctx, c, pulled, f); err != nil {
		return err
	}
	config, err := p.read(pulled, f, maxConfig)
	if err == nil {
		err = p.Accept(config)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", pulled.Ref, err)
	}
	return nil
}

// maxConfig is the largest configuration that is looked at, in bytes.
const maxConfig = 1 << 20

// get sees to it that a file is there: in its snapshot, if it was moved there, or
// else as a blob.
func (p *Puller) get(ctx context.Context, c *client, pulled *Pulled, f *File) error {
	r := pulled.Ref
	if !p.inBlobs(r, f) && p.holds(r, pulled.Commit, f) {
		whole, err := p.isWhole(ctx, p.pointer(r.Repo, pulled.Commit, f.Name), f)
		if whole || err != nil {
			p.came(f.Size)
			return err
		}
	}
	return p.getBlob(ctx, c, r, pulled.Commit, f)
}

// read reads a short file that is there.
func (p *Puller) read(pulled *Pulled, f *File, most int64) ([]byte, error) {
	data, err := paths.Read(p.blob(pulled.Ref.Repo, f.Hash), most)
	if isMissing(err) {
		data, err = paths.Read(p.pointer(pulled.Ref.Repo, pulled.Commit, f.Name), most)
	}
	return data, paths.Clean(err)
}

// shards fetches the index of a model, and adds what it lists.
func (p *Puller) shards(ctx context.Context, c *client, pulled *Pulled, want *choice, all []File) error {
	f := find(pulled.Files, want.index)
	if f.Size > maxIndex {
		return fmt.Errorf("%s: %s is larger than %s, the most that is read of it", pulled.Ref, f.Name, sizeText(maxIndex))
	}
	p.total = f.Size
	if err := p.get(ctx, c, pulled, f); err != nil {
		return err
	}
	index, err := p.read(pulled, f, maxIndex)
	if err != nil {
		return err
	}
	if err := want.addShards(index, all); err != nil {
		return fmt.Errorf("%s: %w", pulled.Ref, err)
	}
	return p.complete(ctx, c, pulled, want.files)
}

// fits returns an error if the disk has not the room for what is missing.
func (p *Puller) fits(pulled *Pulled) error {
	missing := int64(0)
	for i := range pulled.Files {
		f := &pulled.Files[i]
		missing += f.Size - p.have(pulled.Ref, pulled.Commit, f)
	}
	free, ok := freeSpace(p.Dir)
	if ok && missing > free {
		return fmt.Errorf("%s needs %s more, and where %s lies %s are free: make room, or name a folder elsewhere by HF_HUB_CACHE", pulled.Ref, sizeText(missing), paths.Short(p.Dir), sizeText(free))
	}
	return nil
}

// have is how much of a file is there.
func (p *Puller) have(r Ref, commit string, f *File) int64 {
	if p.inBlobs(r, f) || p.holds(r, commit, f) {
		return f.Size
	}
	if info, err := os.Lstat(p.part(r.Repo, f.Hash)); err == nil && info.Mode().IsRegular() && info.Size() <= f.Size {
		return info.Size()
	}
	return 0
}

// inBlobs reports whether the blob of a file is there, with its size.
func (p *Puller) inBlobs(r Ref, f *File) bool {
	info, err := os.Stat(p.blob(r.Repo, f.Hash))
	return err == nil && info.Mode().IsRegular() && info.Size() == f.Size
}

// offline is Pull where nothing may be fetched.
func (p *Puller) offline(r Ref) (*Pulled, error) {
	found, err := p.Find(r)
	if err != nil {
		return nil, fmt.Errorf("HF_HUB_OFFLINE is set, so nothing is fetched: %w", err)
	}
	return found, nil
}

func (p *Puller) came(n int64) {
	p.done += n
	if p.Progress != nil {
		p.Progress(p.done, p.total)
	}
}

func (p *Puller) note(text string) {
	if p.Note != nil {
		p.Note(text)
	}
}
