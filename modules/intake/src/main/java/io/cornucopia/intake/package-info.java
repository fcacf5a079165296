/** Uploads and what is done to them afterwards: checked, stored, announced. */
package io.cornucopia.intake;
