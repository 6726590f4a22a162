package hub

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"argen/model/paths"
)

// A Config says where models are fetched from and where they are kept.
type Config struct {
	Cache
	Endpoint string        // the hub's address, without a slash at the end
	Token    Secret        // says who asks; "" for nobody
	Offline  bool          // nothing may be fetched
	Copy     bool          // snapshots hold files in place of links
	NoBars   bool          // no progress is to be shown
	Patience time.Duration // how long nothing may come before a connection counts as lost
}

// A Secret is text that is not to be shown.
type Secret string

// String implements fmt.Stringer.
func (Secret) String() string { return "(secret)" }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return "(secret)" }

// usualEndpoint is the hub that is asked where HF_ENDPOINT names no other.
const usualEndpoint = "https://huggingface.co"

// FromEnv reads the environment variables of huggingface_hub: HF_HOME,
// HF_HUB_CACHE, XDG_CACHE_HOME, HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH,
// HF_HUB_OFFLINE, HF_HUB_DISABLE_SYMLINKS, HF_HUB_DISABLE_IMPLICIT_TOKEN,
// HF_HUB_DISABLE_PROGRESS_BARS, HF_HUB_DOWNLOAD_TIMEOUT.
func FromEnv(env func(string) string) (Config, error) {
	c := Config{
		Cache:    CacheFromEnv(env),
		Endpoint: strings.TrimRight(or(env("HF_ENDPOINT"), usualEndpoint), "/"),
		Offline:  isTrue(or(env("HF_HUB_OFFLINE"), env("TRANSFORMERS_OFFLINE"))),
		Copy:     isTrue(env("HF_HUB_DISABLE_SYMLINKS")),
		NoBars:   isTrue(env("HF_HUB_DISABLE_PROGRESS_BARS")),
		Patience: 30 * time.Second,
	}
	u, err := url.Parse(c.Endpoint)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return c, fmt.Errorf("HF_ENDPOINT is no address such as %s", usualEndpoint)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return c, fmt.Errorf("HF_ENDPOINT holds more than the address of a hub: no user, no password, nothing after ? or #")
	}
	if text := env("HF_HUB_DOWNLOAD_TIMEOUT"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 1 || seconds > 86400 {
			return c, fmt.Errorf("HF_HUB_DOWNLOAD_TIMEOUT is %s, not 1 to 86400 seconds", paths.Quote(text))
		}
		c.Patience = time.Duration(seconds) * time.Second
	}
	c.Token, err = tokenFromEnv(env)
	return c, err
}

// CacheFromEnv is the cache that the environment names.
func CacheFromEnv(env func(string) string) Cache {
	dir := or(env("HF_HUB_CACHE"), env("HUGGINGFACE_HUB_CACHE"))
	if dir == "" {
		return Cache{filepath.Join(home(env), "hub")}
	}
	return Cache{expand(dir, env)}
}

// home is huggingface_hub's folder.
func home(env func(string) string) string {
	if dir := env("HF_HOME"); dir != "" {
		return expand(dir, env)
	}
	return filepath.Join(expand(or(env("XDG_CACHE_HOME"), filepath.Join("~", ".cache")), env), "huggingface")
}

func tokenFromEnv(env func(string) string) (Secret, error) {
	from := "HF_TOKEN"
	token := strings.TrimSpace(or(env("HF_TOKEN"), env("HUGGING_FACE_HUB_TOKEN")))
	if token == "" && !isTrue(env("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
		from = expand(or(env("HF_TOKEN_PATH"), filepath.Join(home(env), "token")), env)
		data, err := paths.Read(from, 1<<16)
		if err != nil && (env("HF_TOKEN_PATH") != "" || !isMissing(err)) {
			return "", fmt.Errorf("the token cannot be read: %w", paths.Clean(err))
		}
		token = strings.TrimSpace(string(data))
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("%s holds no token: it has characters that none has", from)
	}
	return Secret(token), nil
}

// expand puts the user's folder in place of ~ and variables' values in place of
// $NAME and ${NAME}, as huggingface_hub does; unknown ones stay.
func expand(path string, env func(string) string) string {
	if path == "~" || strings.HasPrefix(path, "~/") || strings.HasPrefix(path, `~\`) {
		dir := env("HOME")
		if dir == "" {
			dir, _ = os.UserHomeDir() // without one the path is looked for from the root
		}
		path = dir + path[1:]
	}
	if !strings.Contains(path, "$") {
		return filepath.Clean(path)
	}
	return filepath.Clean(os.Expand(path, func(name string) string { return or(env(name), "${"+name+"}") }))
}

// isTrue reports whether the value of a variable switches something on.
func isTrue(value string) bool {
	switch strings.ToUpper(value) {
	case "1", "ON", "YES", "TRUE":
		return true
	}
	return false
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
