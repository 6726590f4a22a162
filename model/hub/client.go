package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"argen"
	"argen/model/paths"
)

// A client asks a hub.
type client struct {
	Config
	home  *url.URL // the endpoint
	http  *http.Transport
	sleep func(context.Context, time.Duration) error
	note  func(string) // tells the user why it takes longer
}

// maxRedirects is how often an answer may lead elsewhere.
const maxRedirects = 5

// maxTries is how often something is tried that brings nothing.
const maxTries = 5

func newClient(c Config, note func(string)) (*client, error) {
	home, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("HF_ENDPOINT is no address")
	}
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: min(15*time.Second, c.Patience)}).DialContext,
		TLSHandshakeTimeout:   min(15*time.Second, c.Patience),
		ResponseHeaderTimeout: c.Patience,
		IdleConnTimeout:       30 * time.Second,
		ForceAttemptHTTP2:     true,
		// What precedes an answer is read before anything limits it.
		MaxResponseHeaderBytes: 1 << 20,
	}
	return &client{Config: c, home: home, http: t, sleep: sleep, note: note}, nil
}

// sleep waits, or returns the error of a context that ends before.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// An answer is what a hub sends, and what it says of the file before it leads to
// another host.
type answer struct {
	*http.Response
	said http.Header // of the hub's own answers; the last that has a line counts
}

// ask sends a request to the hub and follows where it leads. The token goes to
// the hub alone. With stay, an answer that leads to another host is the last.
func (c *client) ask(ctx context.Context, method, address string, header http.Header, stay bool) (*answer, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address of the request is wrong") // it may hold anything
	}
	said := http.Header{}
	for range maxRedirects + 1 {
		req, err := http.NewRequestWithContext(ctx, method, at.String(), nil)
		if err != nil {
			return nil, fmt.Errorf("the address at %s is wrong", paths.Quote(at.Host))
		}
		for name, values := range header {
			req.Header[name] = values
		}
		req.Header.Set("User-Agent", "argen/"+argen.Version)
		if c.Token != "" && c.tokenMayGo(at) {
			req.Header.Set("Authorization", "Bearer "+string(c.Token))
		}
		resp, err := c.http.RoundTrip(req)
		if err != nil {
			return nil, lost(ctx, at, err)
		}
		if sameOrigin(at, c.home) {
			for name, values := range resp.Header {
				said[name] = values
			}
		}
		next, err := follow(at, c.home, resp)
		if next == nil && err == nil || err == nil && stay && !sameOrigin(next, c.home) {
			return &answer{resp, said}, nil
		}
		_ = resp.Body.Close() // the answer is in the headers
		if err != nil {
			return nil, err
		}
		at = next
	}
	return nil, fmt.Errorf("%s leads from one address to the next, more than %d times", paths.Quote(c.home.Host), maxRedirects)
}

// tokenMayGo reports whether the token may be sent to an address: only to the
// hub, and not where others can read it on the way.
func (c *client) tokenMayGo(at *url.URL) bool {
	return sameOrigin(at, c.home) && (at.Scheme == "https" || isNear(at.Hostname()))
}

// follow returns where an answer leads, nil if it is the last.
func follow(at, home *url.URL, resp *http.Response) (*url.URL, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	next, err := at.Parse(resp.Header.Get("Location"))
	switch {
	case err != nil || resp.Header.Get("Location") == "" || next.Host == "" || next.Scheme != "https" && next.Scheme != "http":
		return nil, fmt.Errorf("%s leads to an address that is none", paths.Quote(at.Host))
	case next.User != nil:
		return nil, fmt.Errorf("%s leads to an address with a user in it, which is not followed", paths.Quote(at.Host))
	case at.Scheme == "https" && next.Scheme == "http":
		return nil, fmt.Errorf("%s leads from https to http (%s), which is not followed", paths.Quote(at.Host), paths.Quote(next.Host))
	case isNear(next.Hostname()) && !isNear(home.Hostname()) && next.Host != home.Host:
		return nil, fmt.Errorf("%s leads to %s, an address of this machine or network, which is not followed", paths.Quote(at.Host), paths.Quote(next.Host))
	}
	return next, nil
}

func sameOrigin(a, b *url.URL) bool {
	port := func(u *url.URL) string {
		if p := u.Port(); p != "" {
			return p
		}
		return map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

// isNear reports whether a host is this machine, or by its number one of a
// network that is not the Internet.
func isNear(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	ip = ip.Unmap()
	return err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())
}

// A transient is an error that may be gone if the same is tried once more.
type transient struct {
	error
	after time.Duration // what the server asks to wait, 0 if nothing
}

func (t transient) Unwrap() error { return t.error }

// again tries something until it succeeds or fails for good. A try that brought
// something does not count.
func (c *client) again(ctx context.Context, try func() (brought bool, err error)) error {
	const first, longest = time.Second, 30 * time.Second
	failed := 0
	for {
		brought, err := try()
		var t transient
		if err == nil || ctx.Err() != nil || !errors.As(err, &t) {
			return err
		}
		if brought {
			failed = 0
		}
		failed++
		if failed == maxTries {
			return fmt.Errorf("%w, %d times in a row", t.error, maxTries)
		}
		wait := min(first<<(failed-1), longest)
		wait = wait/2 + rand.N(wait/2) // many that lost the same server do not come back at once
		if t.after > maxWait {
			return fmt.Errorf("%w: it asks to wait %v", t.error, t.after.Round(time.Second))
		}
		wait = max(wait, t.after)
		c.note(fmt.Sprintf("%v; trying again in %v (try %d of %d)", t.error, wait.Round(100*time.Millisecond), failed+1, maxTries))
		if err := c.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// maxWait is the longest that is waited because a server asks for it.
const maxWait = 5 * time.Minute

// read reads a short answer whole.
func read(ctx context.Context, resp *answer, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return nil, lost(ctx, resp.Request.URL, err)
	case int64(len(data)) > most:
		return nil, fmt.Errorf("%s answers more than %s", paths.Quote(resp.Request.URL.Host), sizeText(most))
	}
	return data, nil
}
