/** Where bytes rest: the disposable cache directory, a download in progress and those who follow it, open files. */
package io.cornucopia.storage;
