package hub

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"argen/model/hub/hubtest"
)

const secret = "hf_verysecret"

// The token goes to the hub and nowhere else, whatever the hub answers.
func TestTokenStaysHome(t *testing.T) {
	repo := folderRepo()
	repo.Token = secret
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
	p := puller(t, s)
	p.Token = secret
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err != nil {
		t.Fatal(err)
	}
	holdsAll(t, p, repo, pulledNames)
	home, away := 0, 0
	for _, r := range s.Requests() {
		switch {
		case r.CDN && r.Authorization != "":
			t.Errorf("%s at the other host has %q", r.Path, r.Authorization)
		case r.CDN:
			away++
		case r.Authorization != "Bearer "+secret:
			t.Errorf("%s has %q", r.Path, r.Authorization)
		default:
			home++
		}
	}
	if home < 6 || away != 2 {
		t.Errorf("%d requests to the hub, %d to the other host", home, away)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", p, p, p, p.Config.Token); strings.Contains(text, secret) {
		t.Errorf("the token can be printed: %s", text)
	}
}

// An answer may lead to another place of the hub, and to other hosts, but not on
// and on, nor to what is no address.
func TestRedirects(t *testing.T) {
	repo := folderRepo()
	for _, test := range []struct {
		to   string // what %s stands for is the hub; "" is the file itself, elsewhere
		says string
	}{
		{"/moved%s", ""},
		{"%s/moved", ""},
		{"/loop", "leads from one address to the next, more than 5 times"},
		{"", "leads to an address that is none"},
		{"ftp://host/x", "leads to an address that is none"},
		{"file:///etc/passwd", "leads to an address that is none"},
		{"http://user:word@host/x", "with a user in it"},
		{"http://%zz/", "leads to an address that is none"},
		{"http://[::1", "leads to an address that is none"},
	} {
		s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": repo})
		s.Misbehave(func(cdn bool, w http.ResponseWriter, r *http.Request) bool {
			switch {
			case strings.HasPrefix(r.URL.Path, "/moved"):
				r.URL.Path = "/api/models/o/n/revision/main"
				r.URL.RawPath = ""
				return false
			case strings.HasPrefix(r.URL.Path, "/api/"), r.URL.Path == "/loop":
				to := test.to
				if strings.HasPrefix(to, "%s") {
					to = s.URL + to[2:]
				}
				w.Header()["Location"] = []string{strings.TrimSuffix(to, "%s")}
				w.WriteHeader(http.StatusTemporaryRedirect)
				return true
			}
			return false
		})
		p := puller(t, s)
		p.Token = secret
		_, err := p.Pull(t.Context(), mustParse(t, "hf:o/n"))
		switch {
		case test.says == "" && err != nil:
			t.Errorf("%s: %v", test.to, err)
		case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
			t.Errorf("%s: error %v, want %s", test.to, err, test.says)
		}
	}
}

func TestFollow(t *testing.T) {
	const hub = "https://hub.example"
	for _, test := range []struct{ at, home, to, want string }{
		{hub + "/a/b", hub, "/c", hub + "/c"},
		{hub + "/a/b", hub, "c?x=1", hub + "/a/c?x=1"},
		{hub + "/a", hub, "https://cdn.example/x", "https://cdn.example/x"},
		{hub + "/a", hub, "http://cdn.example/x", ""},
		{"http://hub.example/a", "http://hub.example", "http://cdn.example/x", "http://cdn.example/x"},
		{hub + "/a", hub, "https://127.0.0.1/x", ""},
		{hub + "/a", hub, "https://[::1]/x", ""},
		{hub + "/a", hub, "https://[::ffff:10.0.0.1]/x", ""},
		{hub + "/a", hub, "https://10.1.2.3/x", ""},
		{hub + "/a", hub, "https://169.254.169.254/latest", ""},
		{hub + "/a", hub, "https://localhost:8080/x", ""},
		{hub + "/a", hub, "https://x.localhost./x", ""},
		{"https://10.0.0.1/a", "https://10.0.0.1", "https://10.0.0.2/x", "https://10.0.0.2/x"},
	} {
		at, _ := url.Parse(test.at)
		home, _ := url.Parse(test.home)
		next, err := follow(at, home, &http.Response{StatusCode: 302, Header: http.Header{"Location": {test.to}}})
		got := ""
		if next != nil {
			got = next.String()
		}
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s → %s: %q, error %v, want %q", test.at, test.to, got, err, test.want)
		}
	}
}

func TestTokenMayGo(t *testing.T) {
	for _, test := range []struct {
		home, at string
		want     bool
	}{
		{"https://hub.example", "https://hub.example/x", true},
		{"https://hub.example", "https://HUB.example:443/x", true},
		{"https://hub.example", "https://hub.example:444/x", false},
		{"https://hub.example", "https://hub.example.org/x", false},
		{"https://hub.example", "http://hub.example/x", false},
		{"http://hub.example", "http://hub.example/x", false},
		{"http://127.0.0.1:80", "http://127.0.0.1/x", true},
	} {
		home, _ := url.Parse(test.home)
		at, _ := url.Parse(test.at)
		c := &client{home: home}
		if got := c.tokenMayGo(at); got != test.want {
			t.Errorf("the token of %s goes to %s: %v, want %v", test.home, test.at, got, test.want)
		}
	}
}

// What a hub refuses is said in a line that tells what to do.
func TestRefusals(t *testing.T) {
	gated := folderRepo()
	gated.Token, gated.Gated = secret, true
	s := hubtest.New(t, map[string]*hubtest.Repo{
		"o/n": folderRepo(), "o/gated": gated,
		"o/two":   {Files: map[string][]byte{"m-Q4_0.gguf": noise(1, 2000), "m-Q8_0.gguf": noise(2, 3000), "mmproj-m.gguf": noise(3, 100)}},
		"o/torch": {Files: map[string][]byte{"config.json": nil, "pytorch_model.bin": noise(1, 2000)}},
		"o/none":  {Files: map[string][]byte{"README.md": nil}},
		"o/loose": {Files: map[string][]byte{"model.safetensors": noise(1, 2000)}},
		"o/split": {Files: map[string][]byte{"m-00001-of-00002.gguf": noise(1, 2000)}},
		"o/index": {Files: map[string][]byte{"config.json": nil, "model.safetensors.index.json": []byte(`{"weight_map":{"a":"../x"}}`)}},
		"o/lacks": {Files: map[string][]byte{"config.json": nil, "model.safetensors.index.json": []byte(`{"weight_map":{"a":"x.safetensors"}}`)}},
	})
	for ref, says := range map[string]string{
		"hf:o/nothing":    `there is no model hf:o/nothing at "127.0.0.1:`,
		"hf:o/n@v9":       `hf:o/n has no revision "v9"`,
		"hf:o/n:x.gguf":   `the repository has no file "x.gguf"`,
		"hf:o/gated":      "hf:o/gated is gated: accept its terms at " + s.URL + "/o/gated, then set HF_TOKEN to a token of your account",
		"hf:o/two":        "has 2 models: name one, hf:o/two:FILE, FILE being m-Q4_0.gguf (1.953 KiB), m-Q8_0.gguf (2.93 KiB)",
		"hf:o/two:Q4":     `no file "Q4", but m-Q4_0.gguf`,
		"hf:o/two:m":      `"m" may be 2 files: name one of them: m-Q4_0.gguf`,
		"hf:o/torch":      "does not read PyTorch's",
		"hf:o/none":       "has no model that argen reads",
		"hf:o/loose":      "there is no config.json beside model.safetensors",
		"hf:o/split":      `"m-00002-of-00002.gguf" is missing`,
		"hf:o/index":      "is no name of a file in this folder",
		"hf:o/lacks":      `lists "x.safetensors", which is missing`,
		"hf:o/lacks@main": `lists "x.safetensors", which is missing`,
	} {
		p := puller(t, s)
		_, err := p.Pull(t.Context(), mustParse(t, ref))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v, want %s", ref, err, says)
		}
	}
	p := puller(t, s)
	p.Token = "hf_wrong"
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/gated")); err == nil || !strings.Contains(err.Error(), "set HF_TOKEN to a token of an account that may read it") || strings.Contains(err.Error(), "hf_wrong") {
		t.Errorf("error %v", err)
	}
	p.Token = ""
	p.Endpoint = "http://127.0.0.1:1"
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err == nil || !strings.Contains(err.Error(), "refuses the connection") {
		t.Errorf("error %v", err)
	}
	at, _ := url.Parse("https://hub.example/x?signature=hidden")
	for says, why := range map[string]error{
		`"hub.example" is not found: is there a network?`:                                               &net.DNSError{Err: "no such host", IsNotFound: true},
		`the address of "hub.example" cannot be looked up`:                                              &net.DNSError{Err: "server misbehaving", IsTemporary: true},
		`"hub.example" cannot be reached: network is unreachable; is there a network?`:                  &net.OpError{Op: "dial", Err: syscall.ENETUNREACH},
		`does not prove that it is "hub.example": nobody whom this machine trusts`:                      &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
		`does not prove that it is "hub.example": its certificate is for another host`:                  &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}}},
		`does not prove that it is "hub.example": its certificate has expired, or this machine's clock`: &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}},
		`"hub.example" does not speak https`:                                                            tls.RecordHeaderError{},
		`"hub.example" does not answer`:                                                                 os.ErrDeadlineExceeded,
		`the connection to "hub.example" was lost`:                                                      io.ErrUnexpectedEOF,
	} {
		if err := lost(t.Context(), at, fmt.Errorf("around: %w", why)); !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%v: %v, want %s", why, err, says)
		}
	}
}

// A cache that cannot be written says so and what to do.
func TestUnwritable(t *testing.T) {
	s := hubtest.New(t, map[string]*hubtest.Repo{"o/n": folderRepo()})
	p := puller(t, s)
	p.Dir = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(p.Dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Pull(t.Context(), mustParse(t, "hf:o/n")); err == nil || !strings.Contains(err.Error(), p.Dir) {
		t.Errorf("error %v", err)
	}
	if free, ok := freeSpace(filepath.Join(t.TempDir(), "a", "b")); !ok || free <= 0 {
		t.Errorf("%d bytes are free, known %v", free, ok)
	}
	p = puller(t, s)
	if err := p.fits(&Pulled{Ref: Ref{Repo: "o/n"}, Files: []File{{Name: "x", Size: maxFile, Hash: strings.Repeat("0", sha256Digits)}}}); err == nil || !strings.Contains(err.Error(), "hf:o/n needs 64 TiB more") {
		t.Errorf("error %v", err)
	}
}
