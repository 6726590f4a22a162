package hub

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"argen/internal/strict"
	"argen/model/paths"
)

// maxInfo is the longest list of files that is read, in bytes.
const maxInfo = 16 << 20

// maxFile is the largest file that a hub may name, in bytes.
const maxFile = 1 << 46

// info asks the hub for the commit that a reference means and its files. Those
// whose size and hash it does not tell, as some mirrors do, have none.
func (c *client) info(ctx context.Context, r Ref) (commit string, files []File, err error) {
	address := c.Endpoint + "/api/models/" + r.Repo + "/revision/" + url.PathEscape(r.revision()) + "?blobs=true"
	var data []byte
	err = c.again(ctx, func() (bool, error) {
		ctx, cancel := context.WithTimeoutCause(ctx, 4*c.Patience, transient{fmt.Errorf("%s answers too slowly", paths.Quote(c.home.Host)), 0})
		defer cancel()
		resp, err := c.ask(ctx, http.MethodGet, address, nil, false)
		if err != nil {
			return false, err
		}
		defer resp.Body.Close()
		if err := c.refused(r, resp); err != nil {
			return false, err
		}
		data, err = read(ctx, resp, maxInfo)
		return false, err
	})
	if err != nil {
		return "", nil, err
	}
	if strict.Foreign(data) != "" {
		return "", nil, fmt.Errorf("%s answers with a page or nothing, no list of files: does HF_ENDPOINT name a hub, or does the network ask you to log in?", paths.Quote(c.home.Host))
	}
	return parseInfo(c.home.Host, data)
}

// parseInfo reads what a hub says of a revision. Members that it does not need
// are skipped.
func parseInfo(host string, data []byte) (commit string, files []File, err error) {
	j := strict.NewJSON("the list of files of "+paths.Short(host), data, 100)
	err = j.Object(func(name string) error {
		switch name {
		case "sha":
			commit, err = j.String()
			if err == nil && !isHex(commit, sha1Digits) {
				err = j.Errorf("%s is no commit, which has 40 digits of hexadecimal", paths.Quote(commit))
			}
			return err
		case "siblings":
			return j.Array(func(int) error {
				f, err := parseFile(j)
				files = append(files, f)
				return err
			})
		}
		return j.Skip()
	})
	if err == nil {
		err = j.End()
	}
	if err == nil && commit == "" {
		err = j.Errorf("sha, the commit, is missing")
	}
	if err != nil {
		return "", nil, err
	}
	return commit, files, nil
}

// parseFile reads one of siblings: {"rfilename", "size", "blobId", "lfs": {"sha256", "size"}}.
func parseFile(j *strict.JSON) (f File, err error) {
	f.Size = unknownSize
	var blob, sha256 string
	large := int64(unknownSize)
	size := func(into *int64) error {
		if j.Null() {
			return nil
		}
		n, err := j.Int(0, maxFile)
		*into = n
		return err
	}
	err = j.Object(func(name string) (err error) {
		switch name {
		case "rfilename":
			f.Name, err = j.String()
		case "size":
			err = size(&f.Size)
		case "blobId":
			blob, err = readHash(j, sha1Digits)
		case "lfs":
			if j.Null() {
				return nil
			}
			return j.Object(func(name string) (err error) {
				switch name {
				case "sha256":
					sha256, err = readHash(j, sha256Digits)
				case "size":
					err = size(&large)
				default:
					err = j.Skip()
				}
				return err
			})
		default:
			err = j.Skip()
		}
		return err
	})
	switch {
	case err != nil:
	case f.Name == "":
		err = j.Errorf("rfilename, the name of a file, is missing")
	case sha256 != "":
		f.Hash = sha256
		if large != unknownSize {
			f.Size = large
		}
	default:
		f.Hash = blob
	}
	return f, err
}

// unknownSize is the size of a file until it is known.
const unknownSize = -1

// readHash reads a hash of so many digits.
func readHash(j *strict.JSON, digits int) (string, error) {
	if j.Null() {
		return "", nil
	}
	text, err := j.String()
	if err == nil && !isHex(text, digits) {
		err = j.Errorf("%s is no hash of %d digits of hexadecimal", paths.Quote(text), digits)
	}
	return text, err
}

// head asks for size and hash of a file whose list does not tell them.
func (c *client) head(ctx context.Context, r Ref, commit string, f *File) error {
	return c.again(ctx, func() (bool, error) {
		resp, err := c.ask(ctx, http.MethodHead, c.address(r, commit, f.Name), http.Header{"Accept-Encoding": {"identity"}}, true)
		if err != nil {
			return false, err
		}
		defer resp.Body.Close()
		if resp.StatusCode < 300 || resp.StatusCode >= 400 { // an answer that leads to another host says all that is asked
			if err := c.refused(r, resp); err != nil {
				return false, fmt.Errorf("%s: %w", paths.Short(f.Name), err)
			}
		}
		if err := saidCommit(resp, commit); err != nil {
			return false, fmt.Errorf("%s: %w", paths.Short(f.Name), err)
		}
		etag := bare(or(resp.said.Get("X-Linked-Etag"), resp.said.Get("Etag")))
		size := resp.said.Get("X-Linked-Size")
		if size == "" && resp.StatusCode < 300 {
			size = resp.said.Get("Content-Length")
		}
		n, err := strconv.ParseInt(size, 10, 64)
		switch {
		case !isHex(etag, sha1Digits) && !isHex(etag, sha256Digits):
			return false, fmt.Errorf("%s: %s names no hash of it, so what it sends could not be checked", paths.Short(f.Name), paths.Quote(c.home.Host))
		case err != nil || n < 0 || n > maxFile:
			return false, fmt.Errorf("%s: %s does not tell how large it is", paths.Short(f.Name), paths.Quote(c.home.Host))
		}
		f.Hash, f.Size = etag, n
		return false, nil
	})
}

// address is where the hub has a file of a commit.
func (c *client) address(r Ref, commit, name string) string {
	parts := strings.Split(name, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return c.Endpoint + "/" + r.Repo + "/resolve/" + commit + "/" + strings.Join(parts, "/")
}

// saidCommit returns an error if the hub gives a file of another commit.
func saidCommit(resp *answer, commit string) error {
	if said := resp.said.Get("X-Repo-Commit"); said != "" && said != commit {
		return fmt.Errorf("the hub has commit %s of it, not %s: pull once more", paths.Quote(said), commit)
	}
	return nil
}

// bare is an entity tag without its marks.
func bare(etag string) string {
	return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
}
