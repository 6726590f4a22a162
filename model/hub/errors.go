package hub

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"argen/model/paths"
)

// lost says in one line why no answer came, or not all of it. The address is
// left out but for its host: it may hold a signature.
func lost(ctx context.Context, at *url.URL, err error) error {
	host := paths.Quote(at.Host)
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("%s is not found: is there a network? HF_ENDPOINT names another hub, HTTPS_PROXY a proxy", host)
	case errors.As(err, &dns):
		return transient{fmt.Errorf("the address of %s cannot be looked up: is there a network?", host), 0}
	case errors.As(err, &certificate):
		return fmt.Errorf("%s does not prove that it is %s: %s", host, host, certificateReason(certificate.Err))
	case errors.As(err, &record):
		return fmt.Errorf("%s does not speak https", host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%s refuses the connection: does HF_ENDPOINT name the right hub?", host)
	case errors.As(err, &op) && op.Op == "dial" && !op.Timeout():
		return fmt.Errorf("%s cannot be reached: %w; is there a network?", host, op.Err)
	case errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		return transient{fmt.Errorf("%s does not answer", host), 0}
	}
	return transient{fmt.Errorf("the connection to %s was lost", host), 0}
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

func certificateReason(err error) string {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown):
		return "nobody whom this machine trusts has signed its certificate"
	case errors.As(err, &name):
		return "its certificate is for another host"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate has expired, or this machine's clock is wrong"
	}
	return "its certificate is not valid"
}

// refused says why a hub does not give what was asked for, nil if it does. What
// it says of itself in its header comes first, then its status.
func (c *client) refused(r Ref, resp *answer) error {
	code := resp.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	name := Scheme + r.Repo
	host := paths.Quote(resp.Request.URL.Host)
	says := resp.said.Get("X-Error-Code")
	if !sameOrigin(resp.Request.URL, c.home) {
		says = ""
	}
	switch {
	case says == "GatedRepo", code == http.StatusForbidden && says == "" && sameOrigin(resp.Request.URL, c.home):
		return fmt.Errorf("%s is gated: accept its terms at %s/%s, then %s", name, c.Endpoint, r.Repo, c.wantToken())
	case says == "RevisionNotFound":
		return fmt.Errorf("%s has no revision %s", name, paths.Quote(r.revision()))
	case says == "EntryNotFound":
		return fmt.Errorf("%s has no such file", name)
	case says == "RepoNotFound", code == http.StatusUnauthorized && sameOrigin(resp.Request.URL, c.home):
		return fmt.Errorf("there is no model %s at %s, or it is private: check the name, or %s", name, paths.Quote(c.home.Host), c.wantToken())
	case code == http.StatusNotFound && sameOrigin(resp.Request.URL, c.home):
		return fmt.Errorf("there is no model %s at %s: check the name and the revision", name, paths.Quote(c.home.Host))
	case code == http.StatusTooManyRequests:
		return transient{fmt.Errorf("%s has had too many requests", host), retryAfter(resp.Header, time.Now())}
	case code >= 500 || code == http.StatusRequestTimeout:
		return transient{fmt.Errorf("%s is in trouble (status %d)", host, code), retryAfter(resp.Header, time.Now())}
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusNotFound, code == http.StatusGone:
		// The address that the hub has led to holds for some time only.
		return transient{fmt.Errorf("%s, where the file lies, refuses it (status %d)", host, code), 0}
	}
	return fmt.Errorf("%s answers with status %d", host, code)
}

// wantToken says what to do about a token.
func (c *client) wantToken() string {
	switch {
	case c.Token == "":
		return "set HF_TOKEN to a token of your account"
	case !c.tokenMayGo(c.home):
		return "name the hub by https, since HF_TOKEN is not sent where others can read it"
	}
	return "set HF_TOKEN to a token of an account that may read it"
}

// retryAfter is how long a server asks to wait, 0 if it does not: a number of
// seconds or a date, or what remains of the window of a rate limit.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return max(0, time.Duration(min(seconds, 1<<30))*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	limit := strings.ReplaceAll(h.Get("RateLimit"), " ", "") // "api";r=0;t=55
	if _, t, ok := strings.Cut(limit, ";t="); ok && strings.Contains(limit, ";r=0;") {
		t, _, _ = strings.Cut(t, ";")
		if seconds, err := strconv.Atoi(t); err == nil {
			return max(0, time.Duration(min(seconds, 1<<30))*time.Second)
		}
	}
	return 0
}
